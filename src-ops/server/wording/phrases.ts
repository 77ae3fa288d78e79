import type { Translations } from "../../../src-shared/languages.ts";
import type { ExplainedGate } from "../../gates/index.ts";
import type { GateState } from "./gate-state.ts";

type Missing = NonNullable<ExplainedGate["missing"]>["what"];
/** What is there, what is needed, and the difference. */
type Shortage = (have: string, need: string, left: string) => string;

/** The words about verdicts and numbers that console, report and command line share. */
export type Phrases = {
  readonly verdicts: Readonly<Record<"halted" | "rolledBack" | "pass" | "fail" | "inconclusive", string>>;
  readonly states: Readonly<Record<GateState, string>>;
  readonly units: {
    readonly megabytes: (amount: string) => string;
    readonly points: (amount: string) => string;
    readonly hours: (amount: string) => string;
    readonly milliseconds: (amount: string) => string;
    readonly times: (amount: string) => string;
    readonly factor: (amount: string) => string;
  };
  readonly evidence: {
    readonly bad: (times: string) => string;
    readonly good: (times: string) => string;
    readonly even: string;
  };
  readonly between: (least: string, most: string) => string;
  readonly certainlyOver: string;
  readonly operationsLeft: (count: string) => string;
  readonly nothingMeasured: string;
  readonly nothingToJudge: string;
  readonly missing: Readonly<Record<Missing, Shortage>>;
  readonly names: (names: string, others: number) => string;
  readonly headline: {
    readonly pass: string;
    readonly timeIsUp: string;
    readonly waiting: (gates: string) => string;
    readonly haltedAfter: (ring: string) => string;
    readonly haltedBy: (name: string, reason: string) => string;
    readonly haltedByCommand: (keys: string, reason: string) => string;
    readonly halted: string;
    /** The ring was returned to this version. */
    readonly returned: string;
    /** These rings were returned from it. */
    readonly withdrawn: (rings: string) => string;
  };
  readonly holders: {
    readonly halted: (version: string, computers: number) => string;
    readonly running: (version: string, share: string, computers: number) => string;
    readonly alsoIn: (rings: string) => string;
    /** A ring that still offers it: its share, and its computers. */
    readonly offer: (ring: string, share: string, computers: string) => string;
  };
  readonly left: (hours: string) => string;
  readonly leftUnknown: string;
};

const EN: Phrases = {
  verdicts: { halted: "Halted", rolledBack: "Rolled back", pass: "Pass", fail: "Fail", inconclusive: "Not yet" },
  states: { pass: "pass", open: "open", over: "over", under: "too low", fail: "fail", halt: "halt", none: "no data" },
  units: {
    megabytes: (amount) => `${amount} MB`,
    points: (amount) => `${amount} of 10`,
    hours: (amount) => `${amount} h`,
    milliseconds: (amount) => `${amount} ms`,
    times: (amount) => `${amount} times`,
    factor: (amount) => `${amount}×`,
  },
  evidence: {
    bad: (times) => `${times} times more likely bad than good`,
    good: (times) => `${times} times more likely good than bad`,
    even: "as likely good as bad",
  },
  between: (least, most) => `${least} to ${most}`,
  certainlyOver: "above the limit for certain",
  operationsLeft: (count) => `${count} more without a failure`,
  nothingMeasured: "nothing was measured",
  nothingToJudge: "nothing to judge yet",
  missing: {
    hours: (_have, _need, left) => `${left} h more`,
    "hours without a crash": (_have, _need, left) => `${left} h more without a crash`,
    "computers that report": (have, need) => `${have} of ${need} report`,
    "computers that run it": (have, need) => `${have} of ${need} run it`,
    "computers that were heard of": (have, need) => `${have} of ${need} were heard of`,
    "computers that ran it long enough": (have, need) => `${have} of ${need} ran it long enough`,
    "computers with enough operations": (have, need) => `${have} of ${need} were used enough`,
    "operating systems of the next ring": (have, need) => `${have} of ${need} kinds were tried`,
    answers: (have, need) => `${have} of ${need} answered`,
  },
  names: (names, others) => (others === 0 ? names : `${names} and ${others} more`),
  headline: {
    pass: "Every gate passes. People may promote it.",
    timeIsUp: "The longest observation time is over: people must decide.",
    waiting: (gates) => `Not enough evidence yet. Still open: ${gates}.`,
    haltedAfter: (ring) => `The same build was halted in ${ring}.`,
    haltedBy: (name, reason) => `${name} halted it: ${reason}`,
    haltedByCommand: (keys, reason) => `Halted with the key ${keys}: ${reason}`,
    halted: "It is halted.",
    returned: "The ring was returned to this version. Nothing is promoted from here: release a fix to ring0.",
    withdrawn: (rings) => `It was rolled back in ${rings}: it is not promoted. Release a fix to ring0.`,
  },
  holders: {
    halted: (version, computers) =>
      `Nobody installs ${version} any more. ${computers === 1 ? "1 computer keeps" : `${computers} computers keep`} it.`,
    running: (version, share, computers) =>
      `${version} is offered to ${share}. ${computers === 1 ? "1 computer runs" : `${computers} computers run`} it.`,
    alsoIn: (rings) => `Still offered in ${rings}.`,
    offer: (ring, share, computers) => `${ring} (${share}, ${computers} computers)`,
  },
  left: (hours) => `about ${hours} h more at today’s use`,
  leftUnknown: "nobody used it in the last day",
};

const FR: Phrases = {
  verdicts: {
    halted: "Arrêtée",
    rolledBack: "Retour arrière",
    pass: "Validée",
    fail: "Refusée",
    inconclusive: "Pas encore",
  },
  states: {
    pass: "vert",
    open: "ouvert",
    over: "dépassé",
    under: "trop bas",
    fail: "refus",
    halt: "arrêt",
    none: "rien",
  },
  units: {
    megabytes: (amount) => `${amount} Mo`,
    points: (amount) => `${amount} sur 10`,
    hours: (amount) => `${amount} h`,
    milliseconds: (amount) => `${amount} ms`,
    times: (amount) => `${amount} fois`,
    factor: (amount) => `${amount} ×`,
  },
  evidence: {
    bad: (times) => `${times} fois plus probable mauvaise que bonne`,
    good: (times) => `${times} fois plus probable bonne que mauvaise`,
    even: "aussi probable bonne que mauvaise",
  },
  between: (least, most) => `${least} à ${most}`,
  certainlyOver: "au-dessus de la limite avec certitude",
  operationsLeft: (count) => `encore ${count} sans échec`,
  nothingMeasured: "rien n’a été mesuré",
  nothingToJudge: "rien à juger pour l’instant",
  missing: {
    hours: (_have, _need, left) => `encore ${left} h`,
    "hours without a crash": (_have, _need, left) => `encore ${left} h sans arrêt brutal`,
    "computers that report": (have, need) => `${have} sur ${need} répondent`,
    "computers that run it": (have, need) => `${have} sur ${need} l’utilisent`,
    "computers that were heard of": (have, need) => `nouvelles de ${have} sur ${need}`,
    "computers that ran it long enough": (have, need) => `${have} sur ${need} assez longtemps`,
    "computers with enough operations": (have, need) => `${have} sur ${need} ont assez servi`,
    "operating systems of the next ring": (have, need) => `${have} types essayés sur ${need}`,
    answers: (have, need) => `${have} sur ${need} ont répondu`,
  },
  names: (names, others) => (others === 0 ? names : `${names} et ${others} de plus`),
  headline: {
    pass: "Tous les contrôles sont verts. Des personnes peuvent la promouvoir.",
    timeIsUp: "La durée maximale d’observation est atteinte : à vous de décider.",
    waiting: (gates) => `Les données ne suffisent pas encore. Encore ouvert : ${gates}.`,
    haltedAfter: (ring) => `La même version a été arrêtée dans ${ring}.`,
    haltedBy: (name, reason) => `${name} l’a arrêtée : ${reason}`,
    haltedByCommand: (keys, reason) => `Arrêtée avec la clé ${keys} : ${reason}`,
    halted: "Elle est arrêtée.",
    returned: "L’anneau est revenu à cette version. Rien n’est promu d’ici : publiez un correctif dans ring0.",
    withdrawn: (rings) => `Elle a été retirée de ${rings} : elle n’est pas promue. Publiez un correctif dans ring0.`,
  },
  holders: {
    halted: (version, computers) =>
      `Plus personne n’installe ${version}. ${computers < 2 ? `${computers} ordinateur la garde` : `${computers} ordinateurs la gardent`}.`,
    running: (version, share, computers) =>
      `${version} est proposée à ${share}. ${computers < 2 ? `${computers} ordinateur l’utilise` : `${computers} ordinateurs l’utilisent`}.`,
    alsoIn: (rings) => `Encore proposée dans ${rings}.`,
    offer: (ring, share, computers) => `${ring} (${share}, ${computers} ordinateurs)`,
  },
  left: (hours) => `encore ${hours} h environ à l’usage d’aujourd’hui`,
  leftUnknown: "personne ne s’en est servi depuis un jour",
};

export const PHRASES: Translations<Phrases> = { en: EN, fr: FR };
