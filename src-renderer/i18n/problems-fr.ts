import { type ProblemCatalog, say } from "./codes.ts";
import { packProblemsFr } from "./pack-problems-fr.ts";

export const problemsFr: ProblemCatalog = {
  MISSING: () =>
    say(
      "Cette clé USB a besoin d’une licence",
      "Aucune n’a été trouvée sur cet ordinateur ni sur la clé.",
      "Déposez son fichier ci-dessous, ou demandez-en une avec une demande d’activation.",
    ),
  MALFORMED: ({ support }) =>
    say(
      "Ce fichier n’est pas lisible comme licence",
      "Il est incomplet, ou c’est un fichier d’un autre type.",
      `Enregistrez-le à nouveau depuis le message reçu. Si cela ne suffit pas, contactez ${support}.`,
    ),
  KEY_UNKNOWN: () =>
    say(
      "Cette licence ne peut pas encore être vérifiée",
      "Elle est signée avec une clé que cette version de l’application ne connaît pas.",
      "Mettez l’application à jour, puis importez de nouveau la licence.",
    ),
  SIGNATURE_INVALID: ({ support }) =>
    say(
      "La signature de cette licence n’est pas valide",
      "La licence a été modifiée en chemin, ou n’est pas authentique.",
      `Demandez à ${support} de vous renvoyer le fichier.`,
    ),
  WRONG_PRODUCT: () =>
    say(
      "Cette licence est celle d’un autre produit",
      "C’est bien une licence, mais pas pour USB Video Vault.",
      "Cherchez le fichier de licence fourni avec cette clé USB.",
    ),
  APP_TOO_OLD: () =>
    say(
      "Il faut une application plus récente",
      "Cette licence ou cette clé USB a été faite pour une version postérieure à celle installée.",
      "Mettez l’application à jour, puis réessayez.",
    ),
  REVOKED: ({ support }) =>
    say("Cette licence a été retirée", "L’éditeur l’a révoquée.", `Contactez ${support} pour en savoir plus.`),
  ROLLED_BACK: ({ support }) =>
    say(
      "Cette licence est ancienne",
      "Une version plus récente a déjà été utilisée ici ; les précédentes ne sont plus acceptées.",
      `Importez le dernier fichier reçu. Si vous ne le retrouvez pas, contactez ${support}.`,
    ),
  CLOCK: () =>
    say(
      "La date de cet ordinateur semble inexacte",
      "Elle est antérieure à la dernière utilisation de l’application.",
      "Vérifiez la date et l’heure dans les réglages du système, puis réessayez.",
    ),
  NOT_YET_VALID: ({ date }) =>
    say(
      "Cette licence n’est pas encore valable",
      date === null ? "Elle commence à une date ultérieure." : `Elle est valable à partir du ${date}.`,
      "Revenez à cette date. Si elle est déjà passée, vérifiez la date de l’ordinateur.",
    ),
  EXPIRED: ({ date, support }) =>
    say(
      "Cette licence a expiré",
      date === null ? "Son dernier jour est passé." : `Elle était valable jusqu’au ${date}.`,
      `Importez un renouvellement. Pour l’obtenir, contactez ${support}.`,
    ),
  WRONG_STICK: ({ isCopy, support }) =>
    isCopy
      ? say(
          "Cette licence est celle d’une autre clé USB",
          "Le contenu est une copie de la clé de la licence, mais la clé elle-même en est une autre.",
          `Branchez la clé d’origine, ou contactez ${support}.`,
        )
      : say(
          "Cette licence est celle d’une autre clé USB",
          "Chaque licence est établie pour une seule clé, et ce n’est pas celle-ci.",
          "Branchez la clé de cette licence, ou importez la licence de cette clé.",
        ),
  WRONG_DEVICE: ({ support }) =>
    say(
      "Cette licence est celle d’un autre ordinateur",
      "Elle n’a pas été établie pour cet ordinateur, ou trop de choses y ont changé.",
      `Créez une demande d’activation et envoyez-la à ${support} pour obtenir un transfert.`,
    ),
  STORE_LOCKED: () =>
    say(
      "Le trousseau de cet ordinateur est verrouillé",
      "L’application y garde sa clé et ne peut pas l’atteindre.",
      "Déverrouillez le trousseau, puis réessayez.",
    ),
  STORE_NONE: ({ support }) =>
    say(
      "Cet ordinateur n’a pas de trousseau",
      "L’application en a besoin pour garder sa clé en sûreté.",
      `Activez le trousseau du système et redémarrez l’application. Pour obtenir de l’aide, contactez ${support}.`,
    ),
  STATE_LOST: ({ support }) =>
    say(
      "Cet ordinateur doit être activé de nouveau",
      "Ce que l’application avait enregistré sur ses licences a disparu ou n’est plus vérifiable.",
      `Créez une demande d’activation et envoyez-la à ${support}.`,
    ),
  STATE_NOT_WRITTEN: () =>
    say(
      "L’application n’a pas pu noter ce qu’elle doit retenir",
      "Elle garde sur cet ordinateur la version de chaque licence, et le système ne l’a pas permis.",
      "Vérifiez qu’il reste de la place, que votre dossier personnel est accessible en écriture et qu’aucun antivirus ne le bloque, puis réessayez.",
    ),
  PASSPHRASE_WRONG: () =>
    say(
      "Cette phrase secrète n’ouvre pas la clé USB",
      "Ce n’est pas celle fournie avec la licence.",
      "Comparez-la au message reçu et saisissez-la de nouveau. Les majuscules, les espaces et les tirets sont sans importance.",
    ),
  NOT_ENTITLED: ({ support }) =>
    say(
      "Cette vidéo n’est pas incluse",
      "Votre licence couvre d’autres vidéos de cette clé USB.",
      `Contactez ${support} pour l’ajouter à votre licence.`,
    ),
  CAPTURABLE: ({ support }) =>
    say(
      "Cet ordinateur ne peut pas bloquer les captures",
      "L’éditeur n’autorise ces vidéos que là où l’image ne peut pas être capturée.",
      `Regardez-les sur un ordinateur sous Windows 10 ou plus récent, ou demandez à ${support}.`,
    ),
  PLAY_WINDOW: ({ support }) =>
    say(
      "Le délai de lecture de cette vidéo est écoulé",
      "Elle pouvait être regardée pendant un temps limité après le premier lancement.",
      `Contactez ${support} pour le prolonger.`,
    ),
  NO_VAULT: () =>
    say(
      "Il n’y a pas de coffre ici",
      "Ce dossier ou ce lecteur ne contient pas de vidéos protégées.",
      "Choisissez le dossier qui contient le dossier VAULT, ou branchez la clé USB elle-même.",
    ),
  UNTRUSTED: ({ support }) =>
    say(
      "Cette clé USB ne peut pas être vérifiée",
      "Son contenu n’est pas signé par l’éditeur de cette application.",
      `Utilisez la clé remise par l’éditeur. Si c’est bien elle, contactez ${support}.`,
    ),
  INCOMPLETE: ({ support }) =>
    say(
      "Cette clé USB est incomplète",
      "Certains de ses fichiers manquent ou sont tronqués.",
      `Débranchez-la et rebranchez-la. Si cela ne suffit pas, demandez une nouvelle copie à ${support}.`,
    ),
  NO_ANCHOR: ({ support }) =>
    say(
      "Cette application ne peut vérifier aucune clé USB",
      "Elle a été construite sans les clés d’un éditeur.",
      `Installez l’application remise par ${support}.`,
    ),
  KEYS_LOST: ({ support }) =>
    say(
      "La liste des clés reconnues manque",
      "L’application a déjà utilisé une liste plus récente que celle dont elle dispose.",
      `Branchez votre clé USB la plus récente ou mettez l’application à jour. Si cela ne suffit pas, contactez ${support}.`,
    ),
  REMOVED: () =>
    say(
      "La clé USB a été débranchée",
      "La vidéo attend là où elle s’est arrêtée.",
      "Rebranchez la clé : la lecture reprend d’elle-même.",
    ),
  DAMAGED: ({ support }) =>
    say(
      "Cette vidéo est endommagée sur la clé USB",
      "Une partie ne correspond plus à son sceau.",
      `Choisissez une autre vidéo. Pour remplacer la clé, contactez ${support}.`,
    ),
  UNDECODABLE: ({ support }) =>
    say(
      "L’application n’arrive pas à lire cette vidéo ici",
      "Son image ou son son n’a pas pu être décodé sur cet ordinateur. La clé USB n’est pas endommagée.",
      `Réessayez, ou regardez-la depuis le début. Si cela se reproduit, donnez à ${support} le code ci-dessous.`,
    ),
  UNSEEKABLE: ({ support }) =>
    say(
      "Cette vidéo ne peut pas sauter à cet endroit",
      "Elle se regarde d’une traite, mais pas à partir de là. La clé USB n’est pas endommagée.",
      `Regardez-la depuis le début. Pour obtenir une version qui le permet, contactez ${support}.`,
    ),
  UNREADABLE: () =>
    say(
      "La clé USB ne peut pas être lue",
      "L’ordinateur n’en reçoit aucune réponse.",
      "Débranchez la clé, rebranchez-la, si possible sur une autre prise, puis rouvrez la vidéo.",
    ),
  LOCKED: () =>
    say(
      "La clé USB est verrouillée",
      "Sa licence n’a pas encore été vérifiée, ou n’est plus valable.",
      "Revenez en arrière et importez ou déverrouillez la licence.",
    ),
  NOT_FOUND: () =>
    say(
      "Cette vidéo n’est pas sur la clé USB",
      "Le contenu de la clé a changé.",
      "Revenez en arrière et choisissez une autre vidéo.",
    ),
  WRONG_KEY: ({ support }) =>
    say(
      "Cette licence n’ouvre pas la vidéo",
      "La clé de lecture qu’elle contient est celle d’une autre version de la clé USB.",
      `Demandez à ${support} une licence qui corresponde à cette clé USB.`,
    ),
  NOT_WRITTEN: () =>
    say(
      "Le fichier n’a pas pu être enregistré",
      "Le système n’a pas permis d’y écrire.",
      "Vérifiez qu’il reste de la place et qu’aucun autre programme n’a ouvert le fichier, ou choisissez un autre dossier, puis réessayez.",
    ),
  NOT_PURGED: () =>
    say(
      "Une partie des mesures n’a pas pu être supprimée",
      "Le disque, ou un fichier, ne l’autorise pas pour l’instant. Rien de plus n’est gardé ni envoyé.",
      "Relancez l’application, activez puis désactivez une fois de plus.",
    ),
  NOT_ASKED: () =>
    say(
      "Cette question a déjà sa réponse",
      "L’application la pose une fois par version.",
      "Il n’y a plus rien à faire. Les réglages acceptent un signalement à tout moment.",
    ),
  NO_CONSENT: ({ support }) =>
    say(
      "Le signalement n’a pas été envoyé",
      "L’application n’envoie rien sans votre accord, à donner sous « Confidentialité ».",
      `Donnez-le, ou copiez le diagnostic et écrivez à ${support}.`,
    ),
  OFFER_GONE: () =>
    say(
      "Cette licence n’attend plus",
      "Une autre a été ouverte après elle, ou elle a été mise de côté.",
      "Ouvrez de nouveau son lien ou son fichier.",
    ),
  LINKS_OFF: ({ support }) =>
    say(
      "Les liens de licence sont désactivés pour l’instant",
      `Ils ont été désactivés par ${support}, pour la sécurité de tous.`,
      "Déposez le fichier de la licence dans cette fenêtre, ou collez son texte.",
    ),
  NOT_RETURNABLE: ({ support }) =>
    say(
      "Cette licence ne peut pas être rendue ici",
      "Seule la plus récente des licences établies pour ce seul ordinateur peut l’être, et ce n’est pas celle-ci.",
      `Revoyez la liste des licences. Si elle devrait en être, contactez ${support}.`,
    ),
  PROOF_NOT_WRITTEN: () =>
    say(
      "La licence est rendue, sa preuve manque encore",
      "Le système n’a pas permis de l’écrire.",
      "Vérifiez qu’il reste de la place, puis rouvrez cet écran : la preuve s’établit d’elle-même.",
    ),
  NOT_RETURNED: () =>
    say(
      "Il n’y a pas de preuve pour cette licence",
      "Elle n’a pas été rendue depuis cet ordinateur, ou son fichier a été supprimé.",
      "Rouvrez la liste des licences.",
    ),
  BAD_REQUEST: ({ support }) =>
    say(
      "Cela n’a pas fonctionné",
      "L’application n’a pas compris ce qui lui était demandé.",
      `Réessayez. Si cela se reproduit, indiquez le code ci-dessous à ${support}.`,
    ),
  INTERNAL: ({ support }) =>
    say(
      "Un problème est survenu de notre côté",
      "L’application a rencontré une erreur imprévue.",
      `Réessayez. Si cela se reproduit, indiquez le code ci-dessous à ${support}.`,
    ),
  ...packProblemsFr,
};
