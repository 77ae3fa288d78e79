import type { Translations } from "../../src-shared/languages.ts";
import type { Missing, Unit } from "./gate.ts";

/** What gates say. */
export type GateMessages = {
  readonly amount: (value: number, unit: Unit) => string;
  readonly sure: (share: string) => string;
  readonly between: (least: string, most: string) => string;
  readonly aboveForCertain: string;
  readonly more: (operations: number) => string;
  readonly nothingYet: string;
  readonly nothingMeasured: string;
  readonly missing: (have: string, need: string, what: Missing["what"]) => string;
};

const EN: GateMessages = {
  amount: amountIn((value) => String(value), { bytes: "MB", points: "of 10", evidence: "evidence" }),
  sure: (share) => `${share} sure`,
  between: (least, most) => `between ${least} and ${most}`,
  aboveForCertain: "certainly above the limit",
  more: (operations) => `${operations} more operations without another failure would prove it`,
  nothingYet: "nothing to judge yet",
  nothingMeasured: "nothing was measured, so the gate cannot pass",
  missing: (have, need, what) => `${have} of ${need} ${what}`,
};

const FRENCH_THINGS: Readonly<Record<Missing["what"], string>> = {
  hours: "heures",
  "hours without a crash": "heures sans arrêt brutal",
  "computers that report": "ordinateurs qui donnent des nouvelles",
  "computers that run it": "ordinateurs qui l’utilisent",
  "computers that were heard of": "ordinateurs dont on a des nouvelles",
  "computers that ran it long enough": "ordinateurs qui l’utilisent depuis assez longtemps",
  "computers with enough operations": "ordinateurs assez utilisés",
  "operating systems of the next ring": "systèmes du ring suivant",
  answers: "réponses",
};

const FR: GateMessages = {
  amount: amountIn((value) => String(value).replace(".", ","), { bytes: "Mo", points: "sur 10", evidence: "indice" }),
  sure: (share) => `sûr à ${share}`,
  between: (least, most) => `entre ${least} et ${most}`,
  aboveForCertain: "au-dessus de la limite avec certitude",
  more: (operations) => `${operations} de plus sans un autre échec le prouveraient`,
  nothingYet: "rien à juger pour l’instant",
  nothingMeasured: "rien n’a été mesuré, la condition ne peut donc pas être remplie",
  missing: (have, need, what) => `${have} sur ${need} ${FRENCH_THINGS[what]}`,
};

export const GATE_MESSAGES: Translations<GateMessages> = { en: EN, fr: FR };

type UnitWords = { readonly bytes: string; readonly points: string; readonly evidence: string };

function amountIn(number: (value: number) => string, words: UnitWords): GateMessages["amount"] {
  const tidy = (value: number) => number(Math.round(value * 100) / 100);
  return (value, unit) => {
    switch (unit) {
      case "share":
        return `${number(Number((value * 100).toPrecision(3)))} %`;
      case "bytes":
        return `${tidy(value / 1e6)} ${words.bytes}`;
      case "hours":
        return `${tidy(value)} h`;
      case "count":
        return tidy(value);
      case "points":
        return `${tidy(value)} ${words.points}`;
      case "evidence":
        return `${words.evidence} ${tidy(value)}`;
    }
  };
}
