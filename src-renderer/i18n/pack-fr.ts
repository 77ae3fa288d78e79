import type { packEn } from "./pack-en.ts";

export const packFr: typeof packEn = {
  choose: "Ajouter un contenu…",
  title: (label: string) => `Ajouter ce contenu à la clé « ${label} » ?`,
  refusedTitle: "Ce contenu n’a pas été ajouté",
  says: (size: string) =>
    `Votre éditeur vous a envoyé un nouveau contenu pour cette clé (${size}). Sa signature est authentique.`,
  keep: "Laissez la clé branchée jusqu’à la fin. Votre licence reste valable.",
  accept: "Ajouter",
  decline: "Pas maintenant",
  writingTitle: (label: string) => `Ajout à la clé « ${label} »…`,
  progress: "Avancement",
  written: (part: string, all: string) => `${part} sur ${all}`,
  stop: "Interrompre",
  doneTitle: "Le contenu est sur la clé",
  done: (label: string) => `La clé « ${label} » contient le nouveau contenu.`,
};
