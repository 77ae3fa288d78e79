import type { Language } from "../../../src-shared/languages.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import { documentOf, ringsOf } from "./page.ts";
import type { ConsoleView } from "./view.ts";
import { MESSAGES } from "./messages.ts";

// A report can be passed on, so it shows what a viewer sees, and has no buttons.
const READER: Account = { name: "", role: "viewer" };

/** The current state of the rings in one self-contained file, to print, send or archive. */
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
