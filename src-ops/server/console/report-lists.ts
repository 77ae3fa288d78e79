import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import type { NotableEvent } from "../store/index.ts";
import type { RingView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";

const HASH_LETTERS = 12;

/** The comments of pilots. Only managers see their contact details. */
export function pilotComments({ recentEvents }: RingView, messages: Messages, account: Account): Markup | null {
  const comments = recentEvents.flatMap(({ event }) => {
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
  return comments.length === 0
    ? null
    : html`<ul class="comments">
        ${comments}
      </ul>`;
}

/** The errors on the computers of a ring, newest first: refusals, failed updates, reported problems. */
export function errorLog(
  { ring, recentEvents }: RingView,
  messages: Messages,
  formatTime: (at: number) => string,
): Markup {
  const lines = recentEvents.flatMap((one) => {
    const text = problemOf(one, messages);
    if (text === undefined) return [];
    return [
      html`<li>
        <time datetime="${new Date(one.at).toISOString()}">${formatTime(one.at)}</time>
        <code>${one.machine.slice(0, 6)}</code> ${text}
      </li>`,
    ];
  });
  return html`<h3 id="${ring}-problems">${messages.problems.title}</h3>
    ${
      lines.length === 0
        ? html`<p class="muted">${messages.problems.none}</p>`
        : html`<ol class="log" aria-labelledby="${ring}-problems">
            ${lines}
          </ol>`
    }`;
}

function problemOf({ event }: NotableEvent, { problems }: Messages): Markup | undefined {
  switch (event.kind) {
    case "security": {
      const { subject, code, cause, artefact } = event.finding;
      const of = artefact === null ? "" : ` ${artefact.slice(0, HASH_LETTERS)}…`;
      return html`${problems.refused} · ${subject} ${code}${cause === undefined ? "" : ` ${cause}`}${of}`;
    }
    case "update":
      return html`${problems.update} · ${event.update.build} ${event.update.code ?? ""}`;
    case "problem":
      return html`${problems.problem} ${event.problem.ticket} · <q>${event.problem.words}</q>`;
    case "feedback":
      return undefined;
  }
}
