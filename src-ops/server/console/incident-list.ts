import { incidentMessage, OWNERS, taskOf } from "../alerts/index.ts";
import { html, type Markup } from "./markup.ts";
import type { IncidentView } from "./view.ts";
import { dateTime, spanOf, type Viewer } from "./viewer.ts";
import { MINUTE } from "../../../src-shared/units.ts";

/** Each level has a mark of its own, so that colour is never the only sign. */
const MARKS: Readonly<Record<IncidentView["level"], string>> = { critical: "!!", warning: "!", info: "i" };
/** So many fit on the screen; the others are folded. */
const ROWS = 2;

/** The current incidents, the worst first: what happened, who acts by when, and what comes next. */
export function incidentCard(incidents: readonly IncidentView[], now: number, viewer: Viewer): Markup {
  const texts = viewer.messages.incidents;
  const items = incidents.map((incident) => item(incident, now, viewer));
  const shown = viewer.isPrinted ? items : items.slice(0, ROWS);
  const rest = items.slice(shown.length);
  return html`<section aria-labelledby="incidents" class="card">
    <h3 id="incidents">${texts.title}</h3>
    ${items.length === 0 ? html`<p class="muted">${texts.none}</p>` : list(shown)}
    ${
      rest.length === 0
        ? null
        : html`<details id="more-incidents">
            <summary>${texts.more(rest.length)}</summary>
            ${list(rest)}
          </details>`
    }
  </section>`;
}

function list(items: readonly Markup[]): Markup {
  return html`<ol class="incidents">
    ${items}
  </ol>`;
}

function item(incident: IncidentView, now: number, viewer: Viewer): Markup {
  const { messages, language, account, isPrinted } = viewer;
  const { id, kind, level, ring, version, detail, openedAt, evaluatedHours } = incident;
  const texts = messages.incidents;
  const { what, now: advice } = incidentMessage(kind, language);
  const task = taskOf(kind, ring, id, Math.floor((openedAt ?? now) / 1_000), evaluatedHours ?? null);
  const isOpen = level !== "info" && openedAt !== null && incident.acknowledgedAt === null;
  const mayAcknowledge = account.role === "manager" && isOpen && !isPrinted;
  const who = OWNERS(language)[task.owner];
  const whoAndWhen = task.until === null ? who : texts.by(who, dateTime(task.until * 1_000, language));
  const state = stateOf(incident, now, viewer);
  const title = html`<span class="only-read">${messages.levels[level]}: </span><strong>${what}</strong>`;
  const more = html`<p>${detail}</p>
    <p>${advice} ${task.command === null ? null : html`<code>${task.command}</code>`}</p>
    <p class="muted"><code>${id}</code></p>`;
  const folded = html`<details id="details-${id}">
    <summary>${title}</summary>
    ${more}
  </details>`;
  const head = isPrinted ? html`<p>${title}</p>` : folded;
  return html`<li class="${level}" id="incident-${id}">
    <span class="mark" aria-hidden="true">${MARKS[level]}</span>
    <div>
      ${head}
      <p class="muted">${[`${ring} ${version}`, state, whoAndWhen].filter((part) => part !== "").join(" · ")}</p>
      ${isPrinted ? more : null}
    </div>
    ${mayAcknowledge ? html`<button id="answer-${id}" data-answer="${id}">${texts.acknowledge}</button>` : null}
  </li>`;
}

function stateOf(
  { openedAt, acknowledgedAt, remindsAt, deadlines }: IncidentView,
  now: number,
  { messages, language }: Viewer,
): string {
  const texts = messages.incidents;
  const isNew = openedAt === null || now - openedAt < MINUTE * 1_000;
  const parts = isNew ? [] : [texts.since(spanOf(now - openedAt, language))];
  if (acknowledgedAt !== null) parts.push(texts.acknowledged);
  else if (remindsAt !== null) parts.push(texts.reminds(spanOf(remindsAt - now, language)));
  for (const { what, until, doneAt } of deadlines) {
    if (doneAt === null) parts.push(until > now ? texts.due[what](spanOf(until - now, language)) : texts.late[what]);
  }
  return parts.join(" · ");
}
