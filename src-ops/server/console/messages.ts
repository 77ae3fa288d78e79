import type { Translations } from "../../../src-shared/languages.ts";
import type { Messages } from "./message-catalog.ts";
import { EN } from "./messages-en.ts";
import { FR } from "./messages-fr.ts";

export const MESSAGES: Translations<Messages> = { en: EN, fr: FR };
