import type {
  CatalogItem,
  CatalogView,
  LicenseEntry,
  LicenseFacts,
  LicenseOffer,
  PackView,
  ReturnedLicense,
  ScreenView,
  StickChoice,
  StickView,
} from "../../../src-shared/ipc/index.ts";

const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** A well-formed identifier, always the same one for the same number. */
export function videoId(number: number): string {
  let rest = number;
  const tail = Array.from({ length: 6 }, () => {
    const letter = ID_LETTERS.charAt(rest % 32);
    rest = Math.floor(rest / 32);
    return letter;
  });
  return "video".concat("a".repeat(15), ...tail);
}

export const STICK: StickView = { stickId: "stick".padEnd(26, "a"), label: "Côte d’Émeraude 2026" };

/** Two sticks and a copy of the first. */
export const STICKS: readonly StickChoice[] = [
  { id: 1, stickId: STICK.stickId, label: STICK.label, drive: "E:", titles: 24, access: "open", current: true },
  {
    id: 2,
    stickId: "other".padEnd(26, "b"),
    label: "Navigation côtière, formation complète en douze leçons",
    drive: "F:",
    titles: null,
    access: "refused",
    current: false,
  },
  { id: 3, stickId: STICK.stickId, label: STICK.label, drive: "G:", titles: 24, access: "unknown", current: false },
];

const NAMES = [
  "The harbour",
  "L’été à l’Île-de-Bréhat",
  "Lighthouse keepers",
  "Œuvres du vent",
  "Tides and tables",
  "Le phare du Four",
  "A very long title about the winter storms of the northern coast and what they left behind",
  "Nets and knots",
  "Épisode d’hiver",
  "The pilot cutter",
];

const DAY = 86_400;
export const START = 1_790_000_000;

/** Realistic titles: accents, numbers, long names; some videos begun, watched or not included. */
export function catalogOf(count: number): CatalogItem[] {
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / NAMES.length);
    const durationSeconds = index === 0 ? 30 : 95 + ((index * 977) % 7200);
    const begun = index < 40 && index % 5 === 0;
    return {
      id: videoId(index),
      title: `${NAMES[index % NAMES.length]}${round > 0 ? ` ${round + 1}` : ""}`,
      description: "",
      section: null,
      durationSeconds,
      added: START + ((index * 7919) % 400) * DAY,
      posterUrl: index % 11 === 7 ? null : `vault://media/poster/${index}`,
      included: index % 9 !== 4,
      positionSeconds: begun ? durationSeconds * 0.4 : 0,
      watched: begun || index % 7 === 3 ? START + (1000 - index) * 60 : 0,
      finished: !begun && index % 7 === 3,
    };
  });
}

/** Three sections of eight lessons. */
export const COURSE: CatalogView = {
  sections: [
    { title: "1. Les nœuds", description: "Huit nœuds que l’on fait les yeux fermés.\nUn par leçon." },
    { title: "2. Les voiles", description: "" },
    { title: "3. Le temps qu’il fait", description: "" },
  ],
  items: catalogOf(24).map((item, index) => ({
    ...item,
    title: `0${(index % 8) + 1} - ${item.title}`,
    description: index === 1 ? "Deux façons de le faire.\nEt une de le défaire." : "",
    section: Math.floor(index / 8),
  })),
};

export const NO_STICK: ScreenView = { stage: "no-stick", problem: null };

export const CATALOG: Extract<ScreenView, { stage: "catalog" }> = {
  stage: "catalog",
  stick: STICK,
  license: {
    code: "OK",
    customer: "K-20411",
    ring: "ga",
    issued: START,
    expires: START + 365 * DAY,
    graceDaysLeft: 0,
  },
  present: true,
  protection: { captures: "allowed", watermark: false },
};

export const LOCKED: Extract<ScreenView, { stage: "locked" }> = {
  stage: "locked",
  stick: STICK,
  refusal: { code: "MISSING", date: null },
  passphrase: false,
};

const FACTS: LicenseFacts = {
  licenseId: "license".padEnd(26, "b"),
  seq: 3,
  customer: "K-20411",
  ring: "ga",
  issued: START,
  starts: START,
  expires: START + 365 * DAY,
  graceEnds: START + 379 * DAY,
  stickId: STICK.stickId,
  computer: "this",
  passphrase: false,
};

export const IN_USE: LicenseEntry = {
  code: "OK",
  status: "in-use",
  locations: ["computer", "stick"],
  facts: FACTS,
  hardware: {},
};

/** A license for each reason why a license at hand is not in use. */
export const OTHERS: readonly LicenseEntry[] = [
  {
    code: "OK",
    status: "spare",
    locations: ["stick"],
    facts: { ...FACTS, licenseId: "spare".padEnd(26, "c"), seq: 1, computer: "none", passphrase: true },
    hardware: {},
  },
  {
    code: "EXPIRED",
    status: "refused",
    locations: ["stick"],
    facts: { ...FACTS, licenseId: "older".padEnd(26, "d"), seq: 2, expires: START - 20 * DAY, graceEnds: START },
    hardware: {},
  },
  {
    code: "WRONG_DEVICE",
    status: "refused",
    locations: ["stick"],
    facts: { ...FACTS, licenseId: "other".padEnd(26, "e"), computer: "other", customer: "K-20412", passphrase: true },
    hardware: {},
  },
  { code: "MALFORMED", status: "refused", locations: ["stick"], facts: null, hardware: {} },
];

export const OFFER: LicenseOffer = { id: 1, refusal: null, facts: FACTS };
export const PACK: PackView = {
  id: 1,
  label: "Côte d’Émeraude 2026",
  bytes: 412_600_000,
  stage: "offered",
  written: 0,
  problem: null,
};
export const BAD_OFFER: LicenseOffer = { id: 2, refusal: "SIGNATURE_INVALID", facts: null };

export const RETURNED: ReturnedLicense = {
  licenseId: FACTS.licenseId,
  seq: 3,
  returned: START + 40 * DAY,
  proof: ["-----BEGIN USB VIDEO VAULT RETURN PROOF-----", "ZXlKaGJHY2lPaUpGWkVSVFFTSX0".repeat(8)]
    .join("\n")
    .concat("\n-----END USB VIDEO VAULT RETURN PROOF-----\n"),
};

/** A time this many days after the start of these licenses. */
export function after(days: number): number {
  return START + days * DAY;
}
