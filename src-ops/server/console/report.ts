import type { Language } from "../../../src-shared/languages.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import { documentOf } from "./page.ts";
import { printedRings } from "./ring-screen.ts";
import { dateTime, viewerOf } from "./viewer.ts";
import type { ConsoleView } from "./view.ts";
import { MESSAGES } from "./messages.ts";

// The font is a file of its own, and a report has none: it uses the system's.
const STYLE = readFileSync(join(import.meta.dirname, "console.css"), "utf8").replace(/@font-face \{[^}]*\}/, "");

// A report can be passed on, so it shows what a viewer sees, and has no buttons.
const READER: Account = { name: "", role: "viewer" };

/** The current state of the rings in one self-contained file, to print, send or archive (R-42). */
export function progressReport(view: ConsoleView, language: Language): string {
  const messages = MESSAGES[language];
  const style: Markup = { markup: STYLE };
  const body = html`<header>
      <h1>${messages.report}</h1>
      <p class="muted">${messages.asOf(`${dateTime(view.now, language)} UTC`)}</p>
    </header>
    <main class="printed">${printedRings(view, viewerOf(READER, language, true))}</main>`;
  return documentOf(
    messages.report,
    language,
    html`<style>
      ${style}
    </style>`,
    body,
  );
}
