import { numbersOf } from "../wording/index.ts";
import type { MachineState } from "./message-catalog.ts";
import { MARKS } from "./marks.ts";
import { html, type Markup } from "./markup.ts";
import type { MachineView, RingView } from "./view.ts";
import type { Viewer } from "./viewer.ts";

const ORDER: readonly MachineState[] = ["failing", "silent", "not-updated", "healthy"];
const NAME_LETTERS = 6;
/** From so many computers on, only their numbers are shown. */
const MOST_CELLS = 50;
/** Two rows fit on the screen; the others are folded. */
const CELLS = 10;

/** One cell for each computer, failing ones first, and among them those that a gate names. */
export function computersCard({ ring, machines, gates }: RingView, viewer: Viewer): Markup {
  const { messages, language, isPrinted } = viewer;
  const texts = messages.machines;
  const naming = gates.filter(({ gate, outcome }) => outcome !== "pass" && (gate === "outliers" || gate === "unheard"));
  const flagged = new Set(naming.flatMap(({ computers }) => computers));
  const counts = ORDER.flatMap((state) => {
    const count = machines.filter((one) => one.state === state).length;
    return count > 0 ? [texts.counts[state](count)] : [];
  });
  const rank = ({ machine, state }: MachineView) => ORDER.indexOf(state) * 2 + (flagged.has(machine) ? 0 : 1);
  const sorted = machines.toSorted((a, b) => rank(a) - rank(b));
  const { count } = numbersOf(language);
  const cells = sorted.map(({ machine, state, operations }) => {
    const note = flagged.has(machine) ? `, ${texts.flagged}` : "";
    const spoken = `${messages.machineStates[state]}, ${texts.operations(count(operations))}${note}`;
    return html`<li class="cell ${state}${flagged.has(machine) ? " flagged" : ""}">
      <span aria-hidden="true">${MARKS[state]}</span> ${machine.slice(0, NAME_LETTERS)}
      <span class="only-read">${spoken}</span>
    </li>`;
  });
  const shown = isPrinted ? cells : cells.slice(0, CELLS);
  const rest = cells.slice(shown.length);
  return html`<section class="card" aria-labelledby="${ring}-computers">
    <h3 id="${ring}-computers">
      ${counts.length > 0 ? messages.labelled(texts.title, counts.join(", ")) : texts.title}
    </h3>
    ${machines.length === 0 ? html`<p class="muted">${texts.none}</p>` : null}
    ${machines.length === 0 || machines.length >= MOST_CELLS ? null : grid(shown)}
    ${
      rest.length === 0 || machines.length >= MOST_CELLS
        ? null
        : html`<details id="${ring}-more-computers">
            <summary>${messages.incidents.more(rest.length)}</summary>
            ${grid(rest)}
          </details>`
    }
  </section>`;
}

function grid(cells: readonly Markup[]): Markup {
  return html`<ul class="machines">
    ${cells}
  </ul>`;
}
