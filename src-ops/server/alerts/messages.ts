import type { Language, Translations } from "../../../src-shared/languages.ts";
import type { Alert, AlertKind, AlertLevel } from "./alert.ts";

/** A message in three lengths: a subject line, everything, and what fits into one SMS. */
export type Message = { readonly subject: string; readonly body: string; readonly short: string };

type AlertTexts = {
  readonly levels: Readonly<Record<AlertLevel, string>>;
  readonly stages: Readonly<Record<Alert["stage"], string>>;
  readonly kinds: Readonly<Record<AlertKind, { readonly what: string; readonly now: string }>>;
  readonly nothingHappened: string;
  readonly escalated: string;
  readonly resolvedNow: string;
  readonly labels: {
    readonly ring: string;
    readonly version: string;
    readonly at: string;
    readonly incident: string;
    readonly runbook: string;
  };
};

const SMS_CHARS = 160;

/** Where the pages are that say what to do about an alert, one for each kind. */
export const RUNBOOKS = "docs/rings/runbooks";

/** Says an alert in the words of the release team: what happened, the numbers, what to do now. */
export function messageOf(alert: Alert, level: AlertLevel, language: Language): Message {
  const texts = ALERT_TEXTS[language];
  const { what, now } = texts.kinds[alert.kind];
  const title = alert.stage === "test" ? texts.nothingHappened : what;
  const stage = texts.stages[alert.stage];
  const subject = `[${texts.levels[level]}] ${alert.ring} ${alert.version}: ${title}${stage === "" ? "" : ` (${stage})`}`;
  const next = alert.stage === "resolved" ? texts.resolvedNow : alert.stage === "test" ? "" : now;
  const facts = [
    [texts.labels.ring, alert.ring],
    [texts.labels.version, alert.version],
    [texts.labels.at, new Date(alert.at * 1000).toISOString()],
    [texts.labels.incident, alert.incident],
    [texts.labels.runbook, `${RUNBOOKS}/${alert.kind}.md`],
  ].map(([label, value]) => `${label}: ${value}`);
  const paragraphs = [title, alert.detail, next, alert.escalated ? texts.escalated : "", facts.join("\n")];
  const body = paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
  return { subject, body, short: truncate(`${subject}. ${alert.incident}`, SMS_CHARS) };
}

/** What an incident is, and what to do now. */
export function incidentMessage(kind: AlertKind, language: Language): { readonly what: string; readonly now: string } {
  return ALERT_TEXTS[language].kinds[kind];
}

function truncate(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}

const EN: AlertTexts = {
  levels: { critical: "CRITICAL", warning: "WARNING", info: "INFO" },
  stages: { opened: "", repeated: "nobody has answered", resolved: "resolved", test: "test" },
  kinds: {
    signature_error: {
      what: "The app refused a genuine file for its signature",
      now: "The ring stops. Compare the hash of the refused file with the register, then look at the build that refused it.",
    },
    antirollback_error: {
      what: "The app refused a genuine file as older than one it had seen",
      now: "The ring stops. Find out which counter went back, and on which computers.",
    },
    crash: {
      what: "The app crashed",
      now: "Ask for the diagnostics of the computers concerned, and look at what they share.",
    },
    ring_halted: {
      what: "The release was halted",
      now: "Nobody installs it any more. Decide: roll back, or resume with a reason.",
    },
    decision_due: { what: "A decision is due", now: "Look at the verdict and its evidence, and decide." },
    service_unavailable: {
      what: "The update feed or the ingest cannot be reached",
      now: "A halt may reach nobody meanwhile. Ask for the address yourself, then look at proxy, disk and certificate.",
    },
    performance_degradation: {
      what: "The app has become slower or larger",
      now: "Compare the figures with the release before.",
    },
    high_error_rate: {
      what: "More operations fail than the ring allows",
      now: "Look at which operation fails, and where.",
    },
    tamper_suspected: {
      what: "Somebody tried an altered file",
      now: "The file is not ours, so the release is not to blame. Find out whose computer it is.",
    },
    machine_silent: {
      what: "A computer no longer reports",
      now: "Ask its user. What is not heard counts as not green.",
    },
    channel_failed: {
      what: "An alert could not be delivered",
      now: "Repair the channel: until then alerts take the other ones.",
    },
    ring_progression: { what: "The release moved on", now: "" },
    milestone_reached: { what: "A milestone was reached", now: "" },
  },
  nothingHappened: "This is a test: nothing happened",
  escalated: "Nobody has taken this up so far, so more people are told.",
  resolvedNow: "Nothing is left to do.",
  labels: { ring: "Ring", version: "Version", at: "Since", incident: "Incident", runbook: "Runbook" },
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
      now: "Plus personne ne l’installe. Décidez : revenir en arrière, ou reprendre en donnant la raison.",
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
      what: "Quelqu’un a essayé un fichier modifié",
      now: "Le fichier n’est pas de nous : la version n’est pas en cause. Cherchez à qui est l’ordinateur.",
    },
    machine_silent: {
      what: "Un ordinateur ne donne plus de nouvelles",
      now: "Interrogez son utilisateur. Ce qui ne s’entend pas n’est jamais vert.",
    },
    channel_failed: {
      what: "Une alerte n’a pas pu être remise",
      now: "Réparez ce canal : d’ici là les alertes passent par les autres.",
    },
    ring_progression: { what: "La version a avancé", now: "" },
    milestone_reached: { what: "Une étape est atteinte", now: "" },
  },
  nothingHappened: "Ceci est un essai : rien ne s’est passé",
  escalated: "Personne ne s’en est chargé jusqu’ici : d’autres personnes sont prévenues.",
  resolvedNow: "Il n’y a plus rien à faire.",
  labels: { ring: "Anneau", version: "Version", at: "Depuis", incident: "Incident", runbook: "Marche à suivre" },
};

const ALERT_TEXTS: Translations<AlertTexts> = { en: EN, fr: FR };
