export { type MediaFault, type ProblemCode, type ProblemText } from "./codes.ts";
export { clock, type Format } from "./format.ts";
export { createI18n, type I18n, I18nProvider, useI18n } from "./i18n.tsx";
export type { Messages } from "./messages-en.ts";
