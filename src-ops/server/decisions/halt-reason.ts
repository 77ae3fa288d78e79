import type { GateName } from "../../gates/index.ts";

// A signed document has one text for everybody: French and English stand in it side by side.
const WORDS: Partial<Readonly<Record<GateName, { readonly fr: string; readonly en: string }>>> = {
  security: { fr: "un fichier authentique a été refusé", en: "a genuine file was refused" },
  crashes: { fr: "l’application s’est arrêtée brutalement", en: "the app crashed" },
  availability: { fr: "trop de films ne s’ouvrent plus", en: "too many films no longer open" },
  feedback: { fr: "ses premiers utilisateurs en sont mécontents", en: "its first users are unhappy with it" },
};
const FAILURES = { fr: "trop d’opérations échouent", en: "too many operations fail" };

/** Why a machine has halted a release, for those who use the app: without figures, which the decision log has. */
export function haltReason(gates: readonly GateName[]): string {
  const words = [...new Set(gates.map((gate) => WORDS[gate] ?? FAILURES))];
  const all = (language: "fr" | "en") => words.map((said) => said[language]).join(", ");
  return `Arrêt automatique : ${all("fr")}. / Automatic halt: ${all("en")}.`;
}
