import { MAX_REASON_CHARS } from "../../../src-shared/limits.ts";
import { html, type Markup } from "./markup.ts";
import type { RingView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";

/** The form that halts a release. It requires a reason, and the version typed by hand. */
export function haltForm({ ring, version, build }: RingView, { halt }: Messages): Markup {
  return html`<button class="danger" id="open-halt-${ring}" data-open="halt-${ring}">${halt.open}</button>
    <dialog id="halt-${ring}" aria-labelledby="halt-${ring}-title">
      <form data-form="halt" data-ring="${ring}" data-build="${build}" data-failed="${halt.failed("{code}")}">
        <h2 id="halt-${ring}-title">${halt.title(version, ring)}</h2>
        <p>${halt.what}</p>
        <label>${halt.reason}<input name="reason" required maxlength="${MAX_REASON_CHARS}" /></label>
        <label
          >${halt.type(version)}<input
            name="typed"
            required
            autocomplete="off"
            pattern="${version.replaceAll(".", "\\.")}"
        /></label>
        <p role="alert" data-problem></p>
        <button class="danger">${halt.now}</button>
        <button type="button" data-close>${halt.cancel}</button>
      </form>
    </dialog>`;
}
