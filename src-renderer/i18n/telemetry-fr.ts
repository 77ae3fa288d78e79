import type { telemetryEn } from "./telemetry-en.ts";

export const telemetryFr: typeof telemetryEn = {
  title: "Confidentialité",
  askTitle: "L’application peut-elle signaler son bon fonctionnement ?",
  invited: {
    ring0: "Vous êtes inscrit comme membre de l’équipe : vous recevez les nouvelles versions en premier.",
    ring1: "Vous êtes inscrit comme client pilote : vous recevez les nouvelles versions avant tout le monde.",
    ga: "Votre éditeur vous demande votre aide.",
  },
  askBody:
    "Si vous acceptez, l’application indique toutes les cinq minutes à votre éditeur si elle démarre, lit et se met à jour, à quelle vitesse, avec combien de mémoire, et lesquelles de ses fonctions servent. De temps en temps, elle demande leur avis aux pilotes.",
  never:
    "Jamais ce que vous regardez, ni votre nom, ni celui de cet ordinateur, ni dossiers, licences ou clés. Un nom tiré au hasard désigne cet ordinateur.",
  askLater:
    "Vous pouvez changer d’avis à tout moment dans les réglages : ce qui est gardé ici est alors supprimé, et le serveur est prié d’effacer le reste. Il ne garde que ses totaux de chaque jour, sans nom d’ordinateur.",
  agree: "J’accepte",
  refuse: "Non merci",
  show: "Afficher ce qui est envoyé",
  hide: "Masquer ce qui est envoyé",
  share: "Laisser l’application signaler son bon fonctionnement",
  on: "Activé : l’application signale à votre éditeur son bon fonctionnement.",
  off: "Désactivé : rien n’est gardé, rien n’est envoyé.",
  withdrawing: "Suppression de ce qui est gardé ici…",
  erasures: {
    waiting:
      "Ce qui était gardé ici est supprimé. Le serveur sera prié d’effacer ce qu’il a dès qu’il pourra être joint.",
    done: "Ce qui était gardé ici est supprimé, et le serveur a confirmé qu’il efface ce qu’il a.",
  },
  health: {
    title: "Santé de cet ordinateur",
    start: "Démarrage",
    uptime: "En marche depuis",
    down: (time: string) => `dont ${time} sans réponse`,
    memory: "Mémoire",
    memoryIs: (now: string, highest: string) => `${now}, ${highest} au plus`,
    cpu: "Processeur",
    faults: "Défauts dans le journal",
    security: "Signatures et retours en arrière refusés",
    crashes: "Plantages",
    queue: "En attente d’envoi",
    events: (events: string, bytes: string) => `${events} (${bytes})`,
    delivered: "Dernier envoi",
    ago: (time: string) => `il y a ${time}`,
    notYet: "Pas encore dans cette session",
    unknown: "Non mesuré dans cette session",
    lost: "Événements perdus",
    loading: "Mesure…",
  },
  preparing: "Préparation du prochain envoi…",
  previewBody: "Voici le prochain envoi, mot pour mot, tel qu’il partirait maintenant.",
  kinds: {
    logs: "Événements",
    metrics: "Les mêmes chiffres, pour les outils standard",
    file: "Fichier pour la surveillance du système",
  },
  to: (url: string) => `Part vers ${url}`,
  stays: "Reste sur cet ordinateur",
  signed: "L’inscription tirée de votre licence et une signature de cet ordinateur l’accompagnent.",
};
