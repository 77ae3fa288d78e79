import type { Language } from "../../../src-shared/languages.ts";
import { gateTexts } from "../../gates/index.ts";
import { html, type Markup } from "./markup.ts";
import type { RingView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";

/** A table with a row for each gate: the measured value, its confidence bound, the limit, and the reason. */
export function gateTable({ ring, gates }: RingView, messages: Messages, language: Language): Markup {
  const { gate: name, outcome: finding, value: measured, bound: sure, limit: most, why } = messages.gates;
  const columns = [name, finding, measured, sure, most, why];
  const rows = gates.map((gate) => {
    const { value, bound, limit, reason } = gateTexts(gate, language);
    return html`<tr class="${gate.outcome}">
      <th scope="row">${messages.gateNames[gate.gate]}</th>
      <td class="outcome">${messages.outcomes[gate.outcome]}</td>
      <td class="number">${value || "–"}</td>
      <td class="number">${bound}</td>
      <td class="number">${limit}</td>
      <td>${reason}</td>
    </tr>`;
  });
  return html`<h3 id="${ring}-gates">${messages.gates.title}</h3>
    <div class="scroll" id="${ring}-scroll" tabindex="0" role="group" aria-labelledby="${ring}-gates">
      <table aria-labelledby="${ring}-gates">
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}
