export { evidenceText, figuresOf, gateSentence, gateTexts, type GateTexts, namesOf, NOTHING } from "./figures.ts";
export { gateState, type GateState, isMeasured } from "./gate-state.ts";
export { GATE_WORDS } from "./gate-words.ts";
export { type HaltOrigin, headline, type VerdictName, verdictOf, verdictWord } from "./headline.ts";
export { numbersOf } from "./numbers.ts";
export { PHRASES } from "./phrases.ts";
