import type { Language, Messages } from "./message-catalog.ts";
import { EN } from "./messages-en.ts";
import { FR } from "./messages-fr.ts";

export const MESSAGES: Readonly<Record<Language, Messages>> = { en: EN, fr: FR };
