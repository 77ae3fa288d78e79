import type { Language } from "../../../src-shared/languages.ts";
import { html, type Markup } from "./markup.ts";
import { ringScreen } from "./ring-screen.ts";
import type { Viewer } from "./viewer.ts";
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
export function consoleBody({ messages, account, language }: Viewer, rings: Markup): Markup {
  const other = language === "fr" ? "en" : "fr";
  return html`<header>
      <h1>${messages.title}</h1>
      <p class="muted" data-as-of="${messages.asOf("{time}")}" data-ago="${messages.ago("{seconds}")}"></p>
      <p class="muted who">${messages.loggedInAs(account.name, messages.roles[account.role])}</p>
      <a href="/console/report?lang=${language}" download="rings.html">${messages.reportLink}</a>
      <a href="?lang=${other}" data-language hreflang="${other}" lang="${other}">${messages.otherLanguage}</a>
      <button data-leave class="plain">${messages.logOut}</button>
    </header>
    <p role="status" class="stale" data-stale="${messages.stale}" hidden></p>
    <main id="rings">${rings}</main>
    <dialog id="explain" aria-labelledby="explain-name">
      <h2 id="explain-name"></h2>
      <p data-text></p>
      <p class="muted" data-now></p>
      <button data-close autofocus>${messages.close}</button>
    </dialog>`;
}

/** What is refreshed: the chosen ring, and when it was evaluated. */
export function ringsOf(view: ConsoleView, ring: string | undefined, viewer: Viewer): Markup {
  return html`<span hidden data-at="${view.now}"></span> ${ringScreen(view, ring, viewer)}`;
}
