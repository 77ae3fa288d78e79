import { type Audit, type Decision, shortKeyId } from "../decisions/index.ts";
import { html, type Markup } from "./markup.ts";
import { dateTime, type Viewer } from "./viewer.ts";

const IN_SUMMARY = 1;

/** The last decisions of all rings, newest first, and the evidence of the promotion; the newest one is the summary. */
export function decisionCard(
  decisions: Audit["decisions"],
  { messages, language, isPrinted }: Viewer,
  evidence = "",
): Markup {
  const { log, chart } = messages;
  const items = decisions.map(({ at, decision }) => {
    const { kind, ring, build } = decision;
    return html`<li>
      <time datetime="${new Date(at).toISOString()}">${dateTime(at, language)}</time> <strong>${ring} ${kind}</strong>
      ${build} ${detailOf(decision)}
    </li>`;
  });
  const newest = decisions.flatMap(({ at, decision }) => {
    const event = eventOf(decision);
    if (!event) return [];
    const who = decision.kind === "halt-by-hand" ? decision.by : decision.kind === "halt" ? log.server : "";
    return [`${decision.ring} ${chart.events[event]} ${dateTime(at, language)} ${who}`.trim()];
  });
  const list = html`<ol class="log">
    ${items}
  </ol>`;
  const summary = newest.length > 0 ? messages.labelled(log.title, newest.slice(0, IN_SUMMARY).join(" · ")) : log.title;
  if (items.length === 0) return html`<p class="muted">${log.none}</p>`;
  return isPrinted
    ? html`<h3>${log.title}</h3>
        ${list}`
    : html`<details id="decisions">
        <summary>${summary}</summary>
        <p class="muted">${evidence}</p>
        ${list}
      </details>`;
}

function eventOf({ kind }: Decision) {
  return (["halt", "halt-by-hand", "promotion", "watch", "restored"] as const).find((name) => name === kind);
}

function detailOf(decision: Decision): string {
  switch (decision.kind) {
    case "verdict":
      return `${decision.verdict}: ${decision.notGreen.join(", ")}`;
    case "verdict-given":
      return decision.verdict;
    case "promotion": {
      const { basisPoints, lane, overrides } = decision;
      const reasons = overrides.map(({ code, reason }) => `${code}: ${reason}`);
      return [`${basisPoints / 100} %`, ...(lane === null ? [] : [lane]), ...reasons].join(", ");
    }
    case "incident-decided":
      return `${decision.incident}: ${decision.decision}, ${decision.reason}`;
    case "halt":
      return decision.after === undefined ? decision.reason : `${decision.after}: ${decision.reason}`;
    case "halt-by-hand":
      return `${decision.by}: ${decision.reason}`;
    case "restored":
      return decision.reason;
    case "halt-failed":
      return decision.code;
    case "signed":
      return `${decision.action}: ${decision.reason} (${decision.keys.map(shortKeyId).join(", ")})`;
    case "watch":
      return "";
  }
}
