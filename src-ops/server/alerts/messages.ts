import type { Language, Translations } from "../../../src-shared/languages.ts";
import { type Alert, type AlertKind, type AlertLevel, type Owner, taskOf } from "./alert.ts";

/** A message in three lengths: a subject line, the full text, and a short text that fits into one SMS. */
export type Message = { readonly subject: string; readonly body: string; readonly short: string };

type AlertTexts = {
  readonly levels: Readonly<Record<AlertLevel, string>>;
  readonly stages: Readonly<Record<Alert["stage"], string>>;
  readonly kinds: Readonly<Record<AlertKind, { readonly what: string; readonly now: string }>>;
  readonly nothingHappened: string;
  readonly escalated: string;
  readonly resolvedNow: string;
  readonly shortTask: (who: string, until: string) => string;
  readonly owners: Readonly<Record<Owner, string>>;
  readonly labels: {
    readonly who: string;
    readonly by: string;
    readonly next: string;
    readonly ring: string;
    readonly version: string;
    readonly at: string;
    readonly incident: string;
    readonly runbook: string;
  };
};

const SMS_CHARS = 160;

/** The folder of the runbooks: one page for each kind of alert, with the steps to take. */
export const RUNBOOKS = "docs/rings/runbooks";

/** Writes an alert for the release team: what happened, the numbers, and what to do now. */
export function messageOf(alert: Alert, level: AlertLevel, language: Language): Message {
  const texts = ALERT_TEXTS[language];
  const { what, now } = texts.kinds[alert.kind];
  const title = alert.stage === "test" ? texts.nothingHappened : what;
  const stage = texts.stages[alert.stage];
  const subject = `[${texts.levels[level]}] ${alert.ring} ${alert.version}: ${title}${stage === "" ? "" : ` (${stage})`}`;
  const next = alert.stage === "resolved" ? texts.resolvedNow : alert.stage === "test" ? "" : now;
  const task = taskOf(alert.kind, alert.ring, alert.incident, alert.at, alert.evaluatedHours);
  const isOpen = alert.stage === "opened" || alert.stage === "repeated";
  const until = task.until === null ? "" : new Date(task.until * 1000).toISOString();
  const facts = [
    ...(isOpen
      ? [
          [texts.labels.who, texts.owners[task.owner]],
          [texts.labels.by, until],
          [texts.labels.next, task.command ?? ""],
        ].filter(([, value]) => value !== "")
      : []),
    [texts.labels.ring, alert.ring],
    [texts.labels.version, alert.version],
    [texts.labels.at, new Date(alert.at * 1000).toISOString()],
    [texts.labels.incident, alert.incident],
    [texts.labels.runbook, `${RUNBOOKS}/${alert.kind}.md`],
  ].map(([label, value]) => `${label}: ${value}`);
  const paragraphs = [title, alert.detail, next, alert.escalated ? texts.escalated : "", facts.join("\n")];
  const body = paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
  const who = isOpen ? ` ${texts.shortTask(texts.owners[task.owner], until.slice(5, 16).replace("T", " "))}.` : "";
  const short = `${truncate(subject, SMS_CHARS - who.length - alert.incident.length - 3)}.${who} ${alert.incident}`;
  return { subject, body, short: truncate(short, SMS_CHARS) };
}

/** What happened, and what to do now. */
export function incidentMessage(kind: AlertKind, language: Language): { readonly what: string; readonly now: string } {
  return ALERT_TEXTS[language].kinds[kind];
}

/** The people who act on incidents. */
export const OWNERS = (language: Language) => ALERT_TEXTS[language].owners;

function truncate(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}

const EN: AlertTexts = {
  levels: { critical: "CRITICAL", warning: "WARNING", info: "INFO" },
  stages: { opened: "", repeated: "not acknowledged", resolved: "resolved", test: "test" },
  kinds: {
    signature_error: {
      what: "The app refused a genuine file because of its signature",
      now: "The release is halted. Compare the hash of the refused file with the register, then examine the build that refused it.",
    },
    antirollback_error: {
      what: "The app refused a genuine file as older than one that it had already seen",
      now: "The release is halted. Find out which counter went backwards, and on which computers.",
    },
    crash: {
      what: "The app crashed",
      now: "Ask for the diagnostics of the affected computers, and find out what they have in common.",
    },
    ring_halted: {
      what: "The release was halted",
      now: "No computer installs it any more. Decide: roll back, or resume with a reason.",
    },
    halt_incomplete: {
      what: "A build that has to be halted is still offered",
      now: "Publish the halt yourself, now, in each ring that is named; then find out why the server could not.",
    },
    refusal_unexplained: {
      what: "The app refused a genuine license, and it is not known why",
      now: "Look the license up in the register, and ask for the diagnostics of the computer.",
    },
    worse_than_before: {
      what: "The release is worse than the version before",
      now: "Look at the comparison and decide: fix it, or accept it with a signed reason.",
    },
    computer_outlier: {
      what: "One computer fails far more often than the others",
      now: "Ask for its diagnostics. The ring waits until its failures are explained.",
    },
    class_failing: {
      what: "One kind of computer fails, or was never tried",
      now: "Reproduce it on such a computer, or add one to the ring.",
    },
    computer_unheard: {
      what: "A computer installed the release and never started it",
      now: "Ask its user to start the app. If it does not start, halt the release.",
    },
    downtime: {
      what: "The app hangs or is not usable for too long",
      now: "Ask for the diagnostics of the affected computers.",
    },
    score_low: { what: "A pilot gave a low score", now: "Call the pilot today, and write down what is wrong." },
    pilots_silent: { what: "Pilots have not answered", now: "Ask them in person: the ring waits for their answers." },
    ticket_open: {
      what: "Support requests of the pilots are open or too many",
      now: "Solve the oldest one first, and close it in the ticket system.",
    },
    observation_extended: {
      what: "The observation takes longer than planned",
      now: "See what is missing. More time helps only if the computers are used.",
    },
    decision_due: { what: "A decision is due", now: "Read the verdict and its evidence, and decide." },
    service_unavailable: {
      what: "The update feed or the ingest cannot be reached",
      now: "Until it is reachable again, a halt may not reach the apps. Open the address yourself, then check the proxy, the disk and the certificate.",
    },
    performance_degradation: {
      what: "The app has become slower or larger",
      now: "Compare the figures with those of the previous release.",
    },
    high_error_rate: {
      what: "More operations fail than the ring's policy allows",
      now: "Find out which operation fails, and where.",
    },
    tamper_suspected: {
      what: "Somebody tried to use an altered or older file",
      now: "The release is not the cause. Find out whose computer it is.",
    },
    implausible_telemetry: {
      what: "A computer reported more than a computer can do",
      now: "The surplus does not count. Find out whose computer it is, and whether its app was changed.",
    },
    machine_silent: {
      what: "A computer no longer reports",
      now: "Ask its user. A computer that does not report counts against the release.",
    },
    channel_failed: {
      what: "An alert could not be delivered",
      now: "Repair the channel. Until then, alerts go through the other channels.",
    },
    ring_progression: { what: "The release passed all gates of its ring", now: "" },
    milestone_reached: { what: "A milestone was reached", now: "" },
  },
  nothingHappened: "This is a test: nothing happened",
  escalated: "Nobody has acknowledged this yet, so more people are alerted.",
  resolvedNow: "No further action is needed.",
  shortTask: (who, until) => (until === "" ? who : `${who} by ${until} UTC`),
  owners: {
    "on-duty": "person on duty",
    "release-manager": "release manager",
    "pilot-contact": "contact of the pilots",
    licenses: "person responsible for licenses",
  },
  labels: {
    who: "Who",
    by: "By",
    next: "Next",
    ring: "Ring",
    version: "Version",
    at: "Since",
    incident: "Incident",
    runbook: "Runbook",
  },
};

const FR: AlertTexts = {
  levels: { critical: "CRITIQUE", warning: "AVERTISSEMENT", info: "INFO" },
  stages: { opened: "", repeated: "sans réponse", resolved: "résolu", test: "essai" },
  kinds: {
    signature_error: {
      what: "L’application a refusé un fichier authentique à cause de sa signature",
      now: "L’anneau s’arrête. Comparez l’empreinte du fichier refusé avec le registre, puis examinez la version en cause.",
    },
    antirollback_error: {
      what: "L’application a refusé un fichier authentique comme plus ancien qu’un autre déjà vu",
      now: "L’anneau s’arrête. Cherchez quel compteur a reculé, et sur quels ordinateurs.",
    },
    crash: {
      what: "L’application s’est arrêtée brutalement",
      now: "Demandez le diagnostic des ordinateurs concernés et cherchez ce qu’ils ont en commun.",
    },
    ring_halted: {
      what: "La version a été arrêtée",
      now: "Plus aucun ordinateur ne l’installe. Décidez : revenir en arrière, ou reprendre en donnant la raison.",
    },
    halt_incomplete: {
      what: "Une version à arrêter est encore proposée",
      now: "Publiez l’arrêt vous-même, tout de suite, dans chaque anneau cité ; cherchez ensuite pourquoi le serveur n’a pas pu.",
    },
    refusal_unexplained: {
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
    decision_due: { what: "Une décision est attendue", now: "Regardez le verdict et ses preuves, puis décidez." },
    service_unavailable: {
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

const ALERT_TEXTS: Translations<AlertTexts> = { en: EN, fr: FR };
