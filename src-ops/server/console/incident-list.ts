import type { Language } from "../../../src-shared/languages.ts";
import { incidentMessage } from "../alerts/index.ts";
import type { Account } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import type { IncidentView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";
import { DAY, HOUR, type Milliseconds, MINUTE, type UnixMs } from "../../../src-shared/units.ts";

/** Each level has a mark of its own, so that colour is never the only sign. */
const MARKS: Readonly<Record<IncidentView["level"], string>> = { critical: "!!", warning: "!", info: "i" };

/** The current incidents, the worst first: since when, what to do, and when the next reminder is sent. */
export function incidentList(
  incidents: readonly IncidentView[],
  now: UnixMs,
  messages: Messages,
  language: Language,
  account: Account,
): Markup {
  const texts = messages.incidents;
  const items = incidents.map((incident) => {
    const { id, kind, level, ring, version, detail } = incident;
    const { what, now: next } = incidentMessage(kind, language);
    const isOpen = level !== "info" && incident.openedAt !== null && incident.acknowledgedAt === null;
    const mayAcknowledge = account.role === "manager" && isOpen;
    return html`<li class="${level}" id="incident-${id}">
      <span class="mark" aria-hidden="true">${MARKS[level]}</span>
      <div>
        <p><strong>${messages.levels[level]} · ${ring} ${version} · ${what}</strong></p>
        <p class="muted">${stateOf(incident, now, texts, language)}</p>
        <p>${next}</p>
        <details id="details-${id}">
          <summary>${texts.details}</summary>
          <p lang="en">${detail}</p>
          <p class="muted"><code>${id}</code></p>
        </details>
      </div>
      ${mayAcknowledge ? html`<button id="answer-${id}" data-answer="${id}">${texts.acknowledge}</button>` : null}
    </li>`;
  });
  return html`<section aria-labelledby="incidents" class="card">
    <h2 id="incidents">${texts.title}</h2>
    ${
      items.length === 0
        ? html`<p class="muted">${texts.none}</p>`
        : html`<ol class="incidents">
            ${items}
          </ol>`
    }
  </section>`;
}

function stateOf(
  { openedAt, acknowledgedAt, remindsAt, deadlines }: IncidentView,
  now: UnixMs,
  texts: Messages["incidents"],
  language: Language,
): string {
  const parts = openedAt === null ? [] : [texts.since(spanOf(now - openedAt, language))];
  if (acknowledgedAt !== null) parts.push(texts.acknowledged);
  else if (remindsAt !== null) parts.push(texts.reminds(spanOf(remindsAt - now, language)));
  for (const { what, until, doneAt } of deadlines) {
    if (doneAt === null) parts.push(until > now ? texts.due[what](spanOf(until - now, language)) : texts.late[what]);
  }
  return parts.join(" · ");
}

const [MINUTE_MS, HOUR_MS, DAY_MS] = [MINUTE * 1_000, HOUR * 1_000, DAY * 1_000];

/** A duration in the largest unit of which there are at least two. */
function spanOf(time: Milliseconds, language: Language): string {
  const [unit, length] =
    time >= 2 * DAY_MS
      ? (["day", DAY_MS] as const)
      : time >= 2 * HOUR_MS
        ? (["hour", HOUR_MS] as const)
        : (["minute", MINUTE_MS] as const);
  const count = Math.max(0, Math.ceil(time / length));
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
