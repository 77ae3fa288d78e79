import type { GateName } from "../../gates/index.ts";
import { LANGUAGES } from "../../../src-shared/languages.ts";
import type { Translations } from "../../../src-shared/languages.ts";

type HaltTexts = {
  readonly sentence: (causes: string) => string;
  readonly causes: Partial<Readonly<Record<GateName, string>>>;
  /** The cause for every gate that is not in `causes`. */
  readonly failures: string;
};

const TEXTS: Translations<HaltTexts> = {
  fr: {
    sentence: (causes) => `Arrêt automatique : ${causes}.`,
    causes: {
      security: "un fichier authentique a été refusé",
      crashes: "l’application s’est arrêtée brutalement",
      availability: "trop de films ne s’ouvrent plus",
      feedback: "ses premiers utilisateurs en sont mécontents",
    },
    failures: "trop d’opérations échouent",
  },
  en: {
    sentence: (causes) => `Automatic halt: ${causes}.`,
    causes: {
      security: "a genuine file was refused",
      crashes: "the app crashed",
      availability: "too many films no longer open",
      feedback: "its first users are unhappy with it",
    },
    failures: "too many operations fail",
  },
};

/**
 * The reason for an automatic halt, written for the users of the app. The figures are in the decision log. The signed
 * document has one text for everybody, so the text contains all languages side by side.
 */
export function haltReason(gates: readonly GateName[]): string {
  const sentences = LANGUAGES.map((language) => {
    const { sentence, causes, failures } = TEXTS[language];
    return sentence([...new Set(gates.map((gate) => causes[gate] ?? failures))].join(", "));
  });
  return sentences.join(" / ");
}
