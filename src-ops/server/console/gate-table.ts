import type { ExplainedGate } from "../../gates/index.ts";
import { gateState, type GateState, gateTexts } from "../wording/index.ts";
import { MARKS } from "./marks.ts";
import { html, type Markup } from "./markup.ts";
import type { RingView } from "./view.ts";
import type { Viewer } from "./viewer.ts";

const ORDER: readonly GateState[] = ["halt", "fail", "over", "under", "open", "none", "pass"];
/** More rows do not fit on the screen of 1280 x 800. */
const ROWS = 5;

/** The gates that do not pass, the worst first; the others are folded. */
export function gateCard({ ring, gates }: RingView, viewer: Viewer): Markup {
  const { messages, isPrinted } = viewer;
  const sorted = gates.toSorted((a, b) => ORDER.indexOf(gateState(a)) - ORDER.indexOf(gateState(b)));
  const open = sorted.filter(({ outcome }) => outcome !== "pass");
  const first = isPrinted ? sorted : open.slice(0, ROWS);
  const rest = isPrinted ? [] : [...open.slice(ROWS), ...sorted.filter(({ outcome }) => outcome === "pass")];
  const passing = gates.length - open.length;
  return html`<section class="card" aria-labelledby="${ring}-gates">
    <h3 id="${ring}-gates">${messages.gates.title(open.length, gates.length)}</h3>
    ${first.length > 0 ? table(first, ring, viewer) : null}
    ${
      rest.length === 0
        ? null
        : html`<details id="${ring}-more-gates">
            <summary>${messages.gates.more(Math.max(0, open.length - ROWS), passing)}</summary>
            ${table(rest, ring, viewer)}
          </details>`
    }
    ${isPrinted ? glossary(gates, viewer) : null}
  </section>`;
}

function table(gates: readonly ExplainedGate[], ring: string, viewer: Viewer): Markup {
  const { gate, outcome, value, limit, why } = viewer.messages.gates.columns;
  return html`<table class="gates" aria-labelledby="${ring}-gates">
    <colgroup>
      <col class="name" />
      <col class="outcome" />
      <col class="value" />
      <col class="limit" />
      <col />
    </colgroup>
    <thead class="only-read">
      <tr>
        ${[gate, outcome, value, limit, why].map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${gates.map((one) => row(one, ring, viewer))}
    </tbody>
  </table>`;
}

function row(gate: ExplainedGate, ring: string, { language, messages, isPrinted }: Viewer): Markup {
  const { name, state, value, limit, reason, explanation } = gateTexts(gate, language);
  const kind = gateState(gate);
  const ask = html`<button
    class="ask"
    id="ask-${ring}-${gate.gate}"
    aria-label="${messages.gates.explain(name)}"
    data-explain="${explanation}"
    data-now="${[value, messages.gates.limit(limit), reason].filter((part) => part !== "").join("; ")}"
    data-name="${name}"
  >
    ?
  </button>`;
  return html`<tr>
    <th scope="row">
      <div><span>${name}</span> ${isPrinted ? null : ask}</div>
    </th>
    <td>
      <span class="chip ${kind}"><span aria-hidden="true">${MARKS[kind]}</span> ${state}</span>
    </td>
    <td class="number">${value}</td>
    <td class="number">${messages.gates.limit(limit)}</td>
    <td class="reason">${reason}</td>
  </tr>`;
}

function glossary(gates: readonly ExplainedGate[], { language, messages }: Viewer): Markup {
  const entries = gates.map((gate) => {
    const { name, explanation } = gateTexts(gate, language);
    return html`<dt>${name}</dt>
      <dd>${explanation}</dd>`;
  });
  return html`<h3>${messages.gates.glossary}</h3>
    <dl>${entries}</dl>`;
}
