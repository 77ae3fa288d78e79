import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import type { NotableEvent } from "../store/index.ts";
import type { RingView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";

const HASH_LETTERS = 12;

/** What pilots wrote, in their words. How to reach them is for those who may act on it. */
export function pilotComments({ recentEvents }: RingView, messages: Messages, account: Account): Markup | null {
  const said = recentEvents.flatMap(({ event }) => {
    if (event.kind !== "feedback") return [];
    const { score, well, badly, comment, contact } = event.feedback;
    const texts = [well, badly, comment].filter((text) => text !== "");
    if (texts.length === 0) return [];
    const reach = account.role === "manager" && contact !== "" ? html` <small>${contact}</small>` : null;
    return [
      html`<li>
        <strong>${messages.feedback.given(String(score))}</strong> ${texts.map((text) => html`<q>${text}</q> `)}${reach}
      </li>`,
    ];
  });
  return said.length === 0
    ? null
    : html`<ul class="comments">
        ${said}
      </ul>`;
}

/** What went wrong on the computers of a ring, the newest first: refusals, failed updates, reported problems. */
export function errorLog({ ring, recentEvents }: RingView, messages: Messages, said: (at: number) => string): Markup {
  const lines = recentEvents.flatMap((one) => {
    const text = troubleOf(one, messages);
    if (text === undefined) return [];
    return [
      html`<li>
        <time datetime="${new Date(one.at).toISOString()}">${said(one.at)}</time>
        <code>${one.machine.slice(0, 6)}</code> ${text}
      </li>`,
    ];
  });
  return html`<h3 id="${ring}-trouble">${messages.trouble.title}</h3>
    ${
      lines.length === 0
        ? html`<p class="muted">${messages.trouble.none}</p>`
        : html`<ol class="log" aria-labelledby="${ring}-trouble">
            ${lines}
          </ol>`
    }`;
}

function troubleOf({ event }: NotableEvent, { trouble }: Messages): Markup | undefined {
  switch (event.kind) {
    case "security": {
      const { subject, code, artefact } = event.finding;
      const of = artefact === null ? "" : ` ${artefact.slice(0, HASH_LETTERS)}…`;
      return html`${trouble.refused} · ${subject} ${code}${of}`;
    }
    case "update":
      return html`${trouble.update} · ${event.update.build} ${event.update.code ?? ""}`;
    case "problem":
      return html`${trouble.problem} ${event.problem.ticket} · <q>${event.problem.words}</q>`;
    case "feedback":
      return undefined;
  }
}
