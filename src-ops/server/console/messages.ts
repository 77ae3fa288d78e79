import type { Language, Words } from "./message-catalog.ts";
import { EN } from "./messages-en.ts";
import { FR } from "./messages-fr.ts";

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, fr: FR };
