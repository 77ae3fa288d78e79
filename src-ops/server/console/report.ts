import type { Language } from "../../../src-shared/languages.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import { documentOf, ringsOf } from "./page.ts";
import type { ConsoleView } from "./view.ts";
import { MESSAGES } from "./messages.ts";

// Whoever gets a report may pass it on: it says what a viewer sees, and offers nothing to press.
const READER: Account = { name: "", role: "viewer" };

/** The rings as they are now in one file that needs no other: to be printed, sent or kept. */
export function progressReport(view: ConsoleView, language: Language): string {
  const messages = MESSAGES[language];
  const style: Markup = { markup: readFileSync(join(import.meta.dirname, "console.css"), "utf8") };
  const body = html`<header><h1>${messages.report}</h1></header>
    <main>${ringsOf(view, messages, language, READER)}</main>`;
  return documentOf(
    messages.report,
    language,
    html`<style>
      ${style}
    </style>`,
    body,
  );
}
