import type { AlertLevel } from "../../alerts/index.ts";
import type { GateName, Outcome } from "../../../src-shared/rings/index.ts";

export type Language = "fr" | "en";
export type MachineState = "healthy" | "failing" | "silent" | "not-updated";

/** Everything the console says. */
export type Words = {
  readonly title: string;
  readonly login: {
    readonly name: string;
    readonly passwordLabel: string;
    readonly enter: string;
    readonly refused: string;
    readonly wait: string;
  };
  readonly leave: string;
  readonly as: (name: string, role: string) => string;
  readonly roles: { readonly viewer: string; readonly manager: string };
  readonly looked: (time: string) => string;
  readonly stale: string;
  readonly nothingRuns: string;
  readonly incidents: {
    readonly title: string;
    readonly none: string;
    readonly since: (minutes: string) => string;
    readonly reminds: (minutes: string) => string;
    readonly answered: string;
    readonly answer: string;
    readonly details: string;
  };
  readonly levels: Readonly<Record<AlertLevel, string>>;
  readonly trouble: Readonly<Record<"title" | "none" | "refused" | "update" | "problem", string>>;
  readonly track: { readonly draft: string; readonly halted: string };
  readonly verdicts: { readonly pass: string; readonly fail: string; readonly inconclusive: string };
  readonly sentences: {
    readonly pass: string;
    readonly fail: (gates: string) => string;
    readonly halted: string;
    readonly inconclusive: (gates: string) => string;
    readonly timeIsUp: string;
  };
  readonly since: (hours: string) => string;
  readonly exposure: { readonly title: string; readonly of: (have: string, need: string) => string };
  readonly chart: {
    readonly title: string;
    readonly limit: string;
    readonly none: string;
    readonly says: (bound: string, limit: string) => string;
  };
  readonly machines: { readonly title: string; readonly none: string; readonly operations: (n: string) => string };
  readonly machineStates: Readonly<Record<MachineState, string>>;
  readonly gates: Readonly<Record<"title" | "gate" | "outcome" | "value" | "bound" | "limit" | "why", string>>;
  readonly gateNames: Readonly<Record<GateName, string>>;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly feedback: {
    readonly title: string;
    readonly none: string;
    readonly of: (answers: number, asked: number) => string;
    readonly score: (score: number, people: number) => string;
    readonly given: (score: string) => string;
  };
  readonly log: { readonly title: string; readonly none: string };
  readonly halt: {
    readonly open: string;
    readonly title: (version: string, ring: string) => string;
    readonly what: string;
    readonly type: (version: string) => string;
    readonly reason: string;
    readonly now: string;
    readonly cancel: string;
    readonly failed: (code: string) => string;
  };
};

const EN: Words = {
  title: "Rings",
  login: {
    name: "Name",
    passwordLabel: "Password",
    enter: "Log in",
    refused: "This name and password do not go together.",
    wait: "Too many tries. Wait a minute.",
  },
  leave: "Log out",
  as: (name, role) => `${name}, ${role}`,
  roles: { viewer: "viewer", manager: "release manager" },
  looked: (time) => `As of ${time}`,
  stale: "The server does not answer. What you see is old.",
  nothingRuns: "No ring runs anything yet. Begin with “vaultctl feed release”.",
  incidents: {
    title: "Now",
    none: "Nothing is wrong that anybody has to know.",
    since: (minutes) => `for ${minutes} min`,
    reminds: (minutes) => `people are reminded in ${minutes} min`,
    answered: "somebody has taken it on",
    answer: "Take it on",
    details: "Details",
  },
  levels: { critical: "Critical", warning: "Warning", info: "For information" },
  trouble: {
    title: "What went wrong",
    none: "Nothing was refused, no update failed, nobody reported a problem.",
    refused: "Refused",
    update: "Update failed",
    problem: "Problem",
  },
  track: { draft: "Draft", halted: "Halted" },
  verdicts: { pass: "Pass", fail: "Fail", inconclusive: "Not yet" },
  sentences: {
    pass: "Every gate is green. People may promote it.",
    fail: (gates) => `It does not go on: ${gates}.`,
    halted: "Nobody installs it any more.",
    inconclusive: (gates) => `Neither good nor bad for certain. Still open: ${gates}.`,
    timeIsUp: "The longest watch is over: people decide.",
  },
  since: (hours) => `running for ${hours} h`,
  exposure: { title: "Operations", of: (have, need) => `${have} of ${need} needed` },
  chart: {
    title: "Failed operations: what they may be at most",
    limit: "Limit",
    none: "Nothing was heard yet.",
    says: (bound, limit) => `At most ${bound} for certain, the limit is ${limit}`,
  },
  machines: { title: "Computers", none: "No computer is enrolled.", operations: (n) => `${n} operations` },
  machineStates: { healthy: "healthy", failing: "failing", silent: "silent", "not-updated": "not updated yet" },
  gates: {
    title: "Gates",
    gate: "Gate",
    outcome: "Finding",
    value: "Measured",
    bound: "For certain",
    limit: "Limit",
    why: "Still open",
  },
  gateNames: {
    time: "Time",
    reporting: "Reporting",
    funnel: "Installing",
    security: "Security",
    crashes: "Crashes",
    sequential: "Sequential test",
    surge: "Sudden failures",
    errors: "Failed operations",
    starts: "Slow starts",
    verdicts: "Slow verdicts",
    memory: "Memory",
    uptime: "Uptime",
    availability: "Availability",
    feedback: "Feedback",
    tickets: "Tickets",
    adoption: "Adoption",
  },
  outcomes: { pass: "pass", hold: "open", fail: "fail", halt: "halt" },
  feedback: {
    title: "Feedback",
    none: "Nobody has answered yet.",
    of: (answers, asked) => `${answers} of ${asked} have answered`,
    score: (score, people) => `${score}: ${people}`,
    given: (score) => `${score} of 10`,
  },
  log: { title: "Decisions", none: "Nothing was decided yet." },
  halt: {
    open: "Halt…",
    title: (version, ring) => `Halt ${version} in ${ring}?`,
    what: "Nobody installs it from the next look on. Who has it keeps it until a rollback. People of the ring can undo it.",
    type: (version) => `Type ${version} to confirm`,
    reason: "Reason, as users will read it",
    now: "Halt",
    cancel: "Cancel",
    failed: (code) => `It could not be halted (${code}). Use “vaultctl feed halt”.`,
  },
};

const FR: Words = {
  title: "Anneaux",
  login: {
    name: "Nom",
    passwordLabel: "Mot de passe",
    enter: "Se connecter",
    refused: "Ce nom et ce mot de passe ne vont pas ensemble.",
    wait: "Trop d’essais. Attendez une minute.",
  },
  leave: "Se déconnecter",
  as: (name, role) => `${name}, ${role}`,
  roles: { viewer: "lecture", manager: "responsable des versions" },
  looked: (time) => `État à ${time}`,
  stale: "Le serveur ne répond pas. Ce qui est affiché a vieilli.",
  nothingRuns: "Aucun anneau n’a encore de version. Commencez par « vaultctl feed release ».",
  incidents: {
    title: "Maintenant",
    none: "Rien ne demande l’attention de personne.",
    since: (minutes) => `depuis ${minutes} min`,
    reminds: (minutes) => `rappel dans ${minutes} min`,
    answered: "quelqu’un s’en occupe",
    answer: "Je m’en occupe",
    details: "Détails",
  },
  levels: { critical: "Critique", warning: "Avertissement", info: "Pour information" },
  trouble: {
    title: "Ce qui n’a pas marché",
    none: "Rien n’a été refusé, aucune mise à jour n’a échoué, personne n’a signalé de problème.",
    refused: "Refus",
    update: "Échec de mise à jour",
    problem: "Problème",
  },
  track: { draft: "Préparée", halted: "Arrêtée" },
  verdicts: { pass: "Validée", fail: "Refusée", inconclusive: "Pas encore" },
  sentences: {
    pass: "Tous les contrôles sont verts. Des personnes peuvent la promouvoir.",
    fail: (gates) => `Elle ne va pas plus loin : ${gates}.`,
    halted: "Plus personne ne l’installe.",
    inconclusive: (gates) => `Ni bonne ni mauvaise avec certitude. Encore ouvert : ${gates}.`,
    timeIsUp: "L’observation la plus longue est terminée : à vous de décider.",
  },
  since: (hours) => `en service depuis ${hours} h`,
  exposure: { title: "Opérations", of: (have, need) => `${have} sur ${need} nécessaires` },
  chart: {
    title: "Opérations en échec : ce qu’elles peuvent être au plus",
    limit: "Limite",
    none: "Rien n’a encore été reçu.",
    says: (bound, limit) => `Au plus ${bound} avec certitude, la limite est ${limit}`,
  },
  machines: { title: "Ordinateurs", none: "Aucun ordinateur n’est inscrit.", operations: (n) => `${n} opérations` },
  machineStates: {
    healthy: "en bonne santé",
    failing: "en échec",
    silent: "muet",
    "not-updated": "pas encore à jour",
  },
  gates: {
    title: "Contrôles",
    gate: "Contrôle",
    outcome: "Constat",
    value: "Mesuré",
    bound: "Avec certitude",
    limit: "Limite",
    why: "Encore ouvert",
  },
  gateNames: {
    time: "Durée",
    reporting: "Nouvelles reçues",
    funnel: "Installation",
    security: "Sécurité",
    crashes: "Arrêts brutaux",
    sequential: "Test séquentiel",
    surge: "Échecs soudains",
    errors: "Opérations en échec",
    starts: "Démarrages lents",
    verdicts: "Verdicts lents",
    memory: "Mémoire",
    uptime: "Temps de service",
    availability: "Disponibilité",
    feedback: "Avis",
    tickets: "Demandes",
    adoption: "Adoption",
  },
  outcomes: { pass: "vert", hold: "ouvert", fail: "refus", halt: "arrêt" },
  feedback: {
    title: "Avis",
    none: "Personne n’a encore répondu.",
    of: (answers, asked) => `${answers} réponses sur ${asked}`,
    score: (score, people) => `${score} : ${people}`,
    given: (score) => `${score} sur 10`,
  },
  log: { title: "Décisions", none: "Rien n’a encore été décidé." },
  halt: {
    open: "Arrêter…",
    title: (version, ring) => `Arrêter ${version} dans ${ring} ?`,
    what: "Plus personne ne l’installe dès la prochaine vérification. Qui l’a la garde jusqu’à un retour en arrière. Les personnes de l’anneau peuvent l’annuler.",
    type: (version) => `Tapez ${version} pour confirmer`,
    reason: "Raison, telle que les utilisateurs la liront",
    now: "Arrêter",
    cancel: "Annuler",
    failed: (code) => `L’arrêt n’a pas abouti (${code}). Utilisez « vaultctl feed halt ».`,
  },
};

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, fr: FR };
