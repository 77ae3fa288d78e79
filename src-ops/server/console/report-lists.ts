import { html, type Markup } from "./markup.ts";
import type { NotableEvent } from "../store/index.ts";
import type { RingView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";
import { dateTime, type Viewer } from "./viewer.ts";

const HASH_LETTERS = 12;

/** The comments of pilots. Only managers see their contact details. */
export function pilotComments({ recentEvents }: RingView, { messages, account }: Viewer): readonly Markup[] {
  return recentEvents.flatMap(({ event }) => {
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
}

/** Why processes ended with the release, the most frequent kind first; `null` if none did. */
export function crashList({ ring, crashes }: RingView, { messages }: Viewer): Markup | null {
  if (crashes.length === 0) return null;
  const { title, processes, reasons, group } = messages.crashes;
  const lines = crashes.map(
    ({ process, reason, count, computers }) =>
      html`<li>${messages.labelled(`${processes[process]}, ${reasons[reason]}`, group(count, computers))}</li>`,
  );
  return html`<section aria-labelledby="${ring}-crashes">
    <h3 id="${ring}-crashes">${title}</h3>
    <ul class="crashes">
      ${lines}
    </ul>
  </section>`;
}

/** The errors on the computers of a ring, newest first: refusals, failed updates, reported problems. */
export function errorLog({ ring, recentEvents }: RingView, { messages, language, isPrinted }: Viewer): Markup {
  const lines = recentEvents.flatMap((one) => {
    const text = problemOf(one, messages);
    if (text === undefined) return [];
    return [
      html`<li>
        <time datetime="${new Date(one.at).toISOString()}">${dateTime(one.at, language)}</time>
        <code>${one.machine.slice(0, 6)}</code> ${text}
      </li>`,
    ];
  });
  const none = html`<p class="muted">${messages.problems.none}</p>`;
  const list =
    lines.length === 0
      ? none
      : html`<ol class="log">
          ${lines}
        </ol>`;
  if (isPrinted)
    return html`<h3>${messages.problems.title}</h3>
      ${list}`;
  return html`<details id="${ring}-problems">
    <summary>${messages.labelled(messages.problems.title, String(lines.length))}</summary>
    ${list}
  </details>`;
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
    case "crash":
      return html`${problems.crash} · ${event.crash.process} ${event.crash.reason}`;
    case "problem":
      return html`${problems.problem} ${event.problem.ticket} · <q>${event.problem.words}</q>`;
    case "feedback":
      return undefined;
  }
}
