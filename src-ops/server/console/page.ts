import type { Language } from "../../../src-shared/languages.ts";
import type { Decision } from "../decisions/index.ts";
import type { Account } from "./accounts.ts";
import { incidentList } from "./incident-list.ts";
import { html, type Markup } from "./markup.ts";
import { ringSection } from "./ring-section.ts";
import type { ConsoleView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";

/** A page of the console. Its style and script are separate files, because its Content-Security-Policy forbids inline ones. */
export function pageOf(messages: Messages, language: Language, body: Markup): string {
  const files = html`<link rel="stylesheet" href="/console/console.css" />
    <script type="module" src="/console/console.js"></script>`;
  return documentOf(messages.title, language, files, body);
}

/** A complete HTML document. */
export function documentOf(title: string, language: Language, head: Markup, body: Markup): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${head}
      </head>
      <body>
        ${body}
      </body>
    </html>`.markup;
}

export function loginBody({ login, title }: Messages): Markup {
  return html`<main class="login">
    <h1>${title}</h1>
    <form data-form="login" data-refused="${login.refused}" data-wait="${login.wait}">
      <label>${login.name}<input name="name" autocomplete="username" required autofocus /></label>
      <label
        >${login.passwordLabel}<input name="password" type="password" autocomplete="current-password" required
      /></label>
      <p role="alert" data-problem></p>
      <button class="main">${login.logIn}</button>
    </form>
  </main>`;
}

/** The page for people who are logged in. Only the content of `#rings` is refreshed. */
export function consoleBody(messages: Messages, account: Account, rings: Markup): Markup {
  return html`<header>
      <h1>${messages.title}</h1>
      <p class="muted">${messages.loggedInAs(account.name, messages.roles[account.role])}</p>
      <a href="/console/report" download="rings.html">${messages.report}</a>
      <button data-leave>${messages.logOut}</button>
    </header>
    <p role="status" class="stale" data-stale="${messages.stale}" hidden></p>
    <main id="rings">${rings}</main>`;
}

function detailOf(decision: Decision): string {
  switch (decision.kind) {
    case "verdict":
      return `${decision.verdict}: ${decision.notGreen.join(", ")}`;
    case "verdict-given":
      return decision.verdict;
    case "promotion": {
      const { basisPoints, lane, overrides } = decision;
      const messages = overrides.map(({ code, reason }) => `${code}: ${reason}`);
      return [`${basisPoints / 100} %`, ...(lane === null ? [] : [lane]), ...messages].join(", ");
    }
    case "incident-decided":
      return `${decision.incident}: ${decision.decision}, ${decision.reason}`;
    case "halt":
    case "halt-by-hand":
    case "restored":
      return decision.reason;
    case "halt-failed":
    case "watch":
      return "";
  }
}

/** The incidents, every ring with its release, and the last decisions. */
export function ringsOf(view: ConsoleView, messages: Messages, language: Language, account: Account): Markup {
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
  const formatTime = (at: number) => `${time.format(at)} UTC`;
  const rings =
    view.rings.length === 0
      ? html`<p>${messages.nothingRuns}</p>`
      : html`${view.rings.map((ring) => ringSection(ring, view, messages, language, account))}`;
  const decisions = view.decisions.map(({ at, decision }) => {
    const { kind, ring, build } = decision;
    return html`<li>
      <time datetime="${new Date(at).toISOString()}">${formatTime(at)}</time> <strong>${ring} ${kind}</strong> ${build}
      ${detailOf(decision)}
    </li>`;
  });
  return html`<p class="muted">${messages.asOf(formatTime(view.now))}</p>
    ${incidentList(view.incidents, view.now, messages, language, account)} ${rings}
    <section aria-labelledby="log" class="card">
      <h2 id="log">${messages.log.title}</h2>
      ${
        decisions.length === 0
          ? html`<p class="muted">${messages.log.none}</p>`
          : html`<ol class="log">
              ${decisions}
            </ol>`
      }
    </section>`;
}
