import type { Translations } from "../../../src-shared/languages.ts";
import type { GateCatalog } from "./gate-catalog.ts";
import { GATE_WORDS_EN } from "./gate-words-en.ts";
import { GATE_WORDS_FR } from "./gate-words-fr.ts";

export const GATE_WORDS: Translations<GateCatalog> = { en: GATE_WORDS_EN, fr: GATE_WORDS_FR };
