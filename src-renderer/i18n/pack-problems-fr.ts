import type { PackProblem } from "../../src-shared/ipc/index.ts";
import { type ProblemCatalog, say } from "./codes.ts";

/** Why a content pack was not added. */
export const packProblemsFr: Pick<ProblemCatalog, PackProblem> = {
  PACK_UNREADABLE: ({ support }) =>
    say(
      "Ce fichier n’est pas lisible comme contenu",
      "C’est un fichier d’un autre type, ou il ne peut pas être lu.",
      `Choisissez le fichier .uvvpack reçu. Si cela ne suffit pas, contactez ${support}.`,
    ),
  PACK_TRUNCATED: () =>
    say(
      "Ce fichier est incomplet",
      "Son téléchargement ou sa copie s’est arrêté avant la fin. Un disque en FAT32 coupe aussi les fichiers de plus de 4 Gio.",
      "Téléchargez-le à nouveau, sur le disque de cet ordinateur. La clé n’a pas été modifiée.",
    ),
  PACK_UNTRUSTED: ({ support }) =>
    say(
      "La signature de ce contenu n’est pas valide",
      "Le fichier a été modifié en chemin, n’est pas authentique, ou demande une application plus récente.",
      `Mettez l’application à jour, ou demandez à ${support} de vous renvoyer le fichier. La clé n’a pas été modifiée.`,
    ),
  PACK_DAMAGED: () =>
    say(
      "Ce fichier est endommagé",
      "Une partie de son contenu n’est pas celle que votre éditeur a signée.",
      "Téléchargez-le à nouveau, puis réessayez. La clé garde son contenu d’avant.",
    ),
  PACK_NO_STICK: () =>
    say(
      "La clé USB n’est pas branchée",
      "Ce contenu va sur la clé pour laquelle il a été préparé.",
      "Branchez-la, puis ouvrez de nouveau ce fichier.",
    ),
  PACK_OTHER_STICK: ({ support }) =>
    say(
      "Ce contenu est pour une autre clé USB",
      "Chaque contenu est préparé pour une seule clé ; celle-ci n’est pas branchée.",
      `Branchez la bonne clé, ou demandez à ${support} le fichier de celle-ci.`,
    ),
  PACK_OLDER: () =>
    say(
      "Ce contenu est plus ancien que celui de la clé",
      "La clé a déjà reçu un contenu plus récent ; les précédents ne sont plus acceptés.",
      "Utilisez le dernier fichier reçu. La clé n’a pas été modifiée.",
    ),
  PACK_PRESENT: () =>
    say("Ce contenu est déjà sur la clé", "Il a été ajouté auparavant.", "Vous pouvez supprimer ce fichier."),
  PACK_NOT_WHOLE: ({ support }) =>
    say(
      "Il manque des vidéos sur cette clé",
      "Ce contenu complète celui de la clé, dont des fichiers ont été effacés ou endommagés.",
      `Demandez à ${support} un contenu complet ou une autre clé. La clé n’a pas été modifiée.`,
    ),
  PACK_NO_SPACE: ({ support }) =>
    say(
      "Il n’y a pas assez de place sur la clé",
      "Le nouveau contenu n’y tient pas.",
      `Retirez vos propres fichiers de la clé, ou demandez à ${support} une clé plus grande. Le contenu d’avant reste lisible.`,
    ),
  PACK_READ_ONLY: () =>
    say(
      "La clé est protégée en écriture",
      "Elle a un verrou, ou cet ordinateur n’autorise pas à y écrire.",
      "Déplacez le verrou de la clé, ou utilisez un autre ordinateur, puis réessayez.",
    ),
  PACK_HELD: () =>
    say(
      "La clé est en cours d’utilisation",
      "Le système refuse la modification : un autre programme, comme un antivirus, a ouvert un fichier de la clé.",
      "Fermez les autres programmes qui utilisent la clé, attendez un instant, puis réessayez. Le contenu d’avant reste lisible.",
    ),
  PACK_REMOVED: () =>
    say(
      "La clé a été débranchée",
      "L’ajout s’est arrêté ; la clé garde son contenu d’avant.",
      "Rebranchez-la et ouvrez de nouveau ce fichier : l’ajout reprend où il en était.",
    ),
  PACK_NOT_WRITTEN: ({ support }) =>
    say(
      "L’écriture sur la clé a échoué",
      "La clé, ou sa prise, signale une erreur.",
      `Réessayez sur une autre prise. Si cela se reproduit, contactez ${support}. Le contenu d’avant reste lisible.`,
    ),
};
