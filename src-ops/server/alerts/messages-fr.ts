import type { AlertTexts } from "./alert-texts.ts";

export const FR: AlertTexts = {
  levels: { critical: "CRITIQUE", warning: "AVERTISSEMENT", info: "INFO" },
  stages: { opened: "", repeated: "sans réponse", resolved: "résolu", test: "essai" },
  kinds: {
    signature_error: {
      brief: "Fichier authentique refusé : signature",
      what: "L’application a refusé un fichier authentique à cause de sa signature",
      now: "L’anneau s’arrête. Comparez l’empreinte du fichier refusé avec le registre, puis examinez la version en cause.",
    },
    antirollback_error: {
      brief: "Fichier authentique jugé trop ancien",
      what: "L’application a refusé un fichier authentique comme plus ancien qu’un autre déjà vu",
      now: "L’anneau s’arrête. Cherchez quel compteur a reculé, et sur quels ordinateurs.",
    },
    crash: {
      what: "L’application s’est arrêtée brutalement",
      now: "Demandez le diagnostic des ordinateurs concernés et cherchez ce qu’ils ont en commun.",
    },
    ring_halted: {
      what: "La version a été arrêtée",
      now: "Décidez : revenir en arrière, ou reprendre en donnant la raison.",
    },
    halt_incomplete: {
      what: "Une version à arrêter est encore proposée",
      now: "Publiez l’arrêt vous-même, tout de suite, dans chaque anneau cité ; cherchez ensuite pourquoi le serveur n’a pas pu.",
    },
    refusal_unexplained: {
      brief: "Licence authentique refusée",
      what: "L’application a refusé une licence authentique, sans cause connue",
      now: "Cherchez la licence dans le registre et demandez le diagnostic de l’ordinateur.",
    },
    worse_than_before: {
      what: "La version est moins bonne que la précédente",
      now: "Regardez la comparaison et décidez : corriger, ou accepter avec une raison signée.",
    },
    computer_outlier: {
      what: "Un ordinateur échoue bien plus que les autres",
      now: "Demandez son diagnostic. L’anneau attend que ses échecs soient expliqués.",
    },
    class_failing: {
      what: "Un type d’ordinateur échoue, ou n’a jamais été essayé",
      now: "Reproduisez le défaut sur un tel ordinateur, ou ajoutez-en un à l’anneau.",
    },
    computer_unheard: {
      what: "Un ordinateur a installé la version sans jamais la démarrer",
      now: "Demandez à son utilisateur de démarrer l’application. Si elle ne démarre pas, arrêtez la version.",
    },
    downtime: {
      what: "L’application se bloque ou reste trop longtemps inutilisable",
      now: "Demandez le diagnostic des ordinateurs concernés.",
    },
    score_low: {
      what: "Un pilote a donné une note basse",
      now: "Appelez le pilote aujourd’hui et notez ce qui ne va pas.",
    },
    pilots_silent: {
      what: "Des pilotes n’ont pas répondu",
      now: "Demandez-leur en personne : l’anneau attend leurs réponses.",
    },
    ticket_open: {
      what: "Des demandes des pilotes sont ouvertes ou trop nombreuses",
      now: "Résolvez d’abord la plus ancienne, et fermez-la dans l’outil de suivi.",
    },
    observation_extended: {
      what: "L’observation dure plus que prévu",
      now: "Voyez ce qui manque. Attendre ne sert que si les ordinateurs sont utilisés.",
    },
    deadline_missed: {
      what: "Un délai est dépassé",
      now: "Évaluez l’incident nommé, décidez, puis enregistrez la décision.",
    },
    decision_due: { what: "Une décision est attendue", now: "Regardez le verdict et ses preuves, puis décidez." },
    service_unavailable: {
      brief: "Mises à jour ou réception injoignables",
      what: "Le dépôt des mises à jour ou la réception ne répond plus",
      now: "D’ici là un arrêt pourrait n’atteindre personne. Essayez l’adresse, puis regardez le proxy, le disque, le certificat.",
    },
    performance_degradation: {
      what: "L’application est devenue plus lente ou plus lourde",
      now: "Comparez les chiffres avec ceux de la version précédente.",
    },
    high_error_rate: {
      what: "Plus d’opérations échouent que l’anneau ne le permet",
      now: "Cherchez quelle opération échoue, et où.",
    },
    tamper_suspected: {
      what: "Quelqu’un a essayé un fichier modifié ou plus ancien",
      now: "La version n’est pas en cause. Cherchez à qui est l’ordinateur.",
    },
    implausible_telemetry: {
      what: "Un ordinateur déclare plus qu’un ordinateur ne peut faire",
      now: "L’excédent ne compte pas. Cherchez à qui est l’ordinateur, et si son application a été modifiée.",
    },
    machine_silent: {
      what: "Un ordinateur est muet",
      now: "Interrogez son utilisateur. Un ordinateur muet compte contre la version.",
    },
    channel_failed: {
      what: "Une alerte n’a pas pu être remise",
      now: "Réparez ce canal : d’ici là les alertes passent par les autres.",
    },
    configuration_refused: {
      what: "Un fichier de configuration modifié du serveur est fautif",
      now: "Le serveur garde ce qu’il avait lu avant. Corrigez le fichier : il est relu tout seul.",
    },
    expiring: {
      what: "Des signatures ou des inscriptions se terminent bientôt",
      now: "Renouvelez-les à temps : l’application refuse un dépôt aux signatures échues, et un ordinateur sans inscription ne compte plus.",
    },
    ring_progression: { what: "La version a passé tous les contrôles de son anneau", now: "" },
    milestone_reached: { what: "Une étape est atteinte", now: "" },
  },
  nothingHappened: "Ceci est un essai : rien ne s’est passé",
  escalated: "Personne ne s’en est chargé jusqu’ici : d’autres personnes sont prévenues.",
  resolvedNow: "Il n’y a plus rien à faire.",
  shortTask: (who, until) => (until === "" ? who : `${who} avant ${until} UTC`),
  owners: {
    "on-duty": "personne de garde",
    "release-manager": "responsable des versions",
    "pilot-contact": "contact des pilotes",
    licenses: "responsable des licences",
  },
  labels: {
    who: "Qui",
    by: "Avant le",
    next: "Ensuite",
    ring: "Anneau",
    version: "Version",
    at: "Depuis",
    incident: "Incident",
    runbook: "Marche à suivre",
  },
};
