import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import type { ToldEvent } from "../store/index.ts";
import type { RingView } from "./view.ts";
import type { Words } from "./message-catalog.ts";

const HASH_LETTERS = 12;

/** What pilots wrote, in their words. How to reach them is for those who may act on it. */
export function comments({ told }: RingView, words: Words, account: Account): Markup | null {
  const said = told.flatMap(({ event }) => {
    if (event.kind !== "feedback") return [];
    const { score, well, badly, comment, contact } = event.feedback;
    const texts = [well, badly, comment].filter((text) => text !== "");
    if (texts.length === 0) return [];
    const reach = account.role === "manager" && contact !== "" ? html` <small>${contact}</small>` : null;
    return [
      html`<li>
        <strong>${words.feedback.given(String(score))}</strong> ${texts.map((text) => html`<q>${text}</q> `)}${reach}
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
export function troubleLog({ ring, told }: RingView, words: Words, said: (at: number) => string): Markup {
  const lines = told.flatMap((one) => {
    const text = troubleOf(one, words);
    if (text === undefined) return [];
    return [
      html`<li>
        <time datetime="${new Date(one.at).toISOString()}">${said(one.at)}</time>
        <code>${one.machine.slice(0, 6)}</code> ${text}
      </li>`,
    ];
  });
  return html`<h3 id="${ring}-trouble">${words.trouble.title}</h3>
    ${
      lines.length === 0
        ? html`<p class="muted">${words.trouble.none}</p>`
        : html`<ol class="log" aria-labelledby="${ring}-trouble">
            ${lines}
          </ol>`
    }`;
}

function troubleOf({ event }: ToldEvent, { trouble }: Words): Markup | undefined {
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
