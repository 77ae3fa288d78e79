import { RINGS } from "../../../src-shared/license/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { numbersOf, verdictOf, verdictWord } from "../wording/index.ts";
import { MARKS } from "./marks.ts";
import { html, type Markup } from "./markup.ts";
import type { ConsoleView, RingView } from "./view.ts";
import type { Viewer } from "./viewer.ts";

/** One link for each ring, the worst first; the ring that is shown is marked. */
export function ringTiles(view: ConsoleView, chosen: RingView, viewer: Viewer): Markup {
  const { tile } = viewer.messages;
  const running = view.rings.map((ring) => ringTile(ring, ring === chosen, view.now, viewer));
  const idle = RINGS.filter((ring) => view.rings.every((one) => one.ring !== ring)).map(
    (ring) =>
      html`<li class="tile idle">
        <p>${nameOf(ring)}</p>
        <p class="muted">${tile.nothing}</p>
      </li>`,
  );
  return html`<nav aria-label="${tile.choose}">
    <ul class="tiles">
      ${[...running, ...idle, ...nextShare(view, viewer)]}
    </ul>
  </nav>`;
}

function ringTile(ring: RingView, isChosen: boolean, now: number, { language, messages }: Viewer): Markup {
  const { share, count } = numbersOf(language);
  const verdict = verdictOf(ring);
  const name = ring.ring === "ga" ? messages.tile.share(share(ring.progress.percent / 100)) : ring.ring;
  const hours = (now - ring.since) / (HOUR * 1_000);
  const isLong = hours >= ring.rules.hours;
  const time = isLong ? messages.tile.longer(count(hours)) : messages.tile.time(count(hours), count(ring.rules.hours));
  const current = isChosen ? html` aria-current="page"` : null;
  return html`<li class="tile">
    <a id="tile-${ring.ring}" href="?ring=${ring.ring}&amp;lang=${language}" ${current}>
      <strong>${name} · ${ring.version}</strong>
      <span class="chip ${verdict}"
        ><span aria-hidden="true">${MARKS[verdict]}</span> ${verdictWord(ring, language)}</span
      >
      <span class="muted second">${time}</span>
    </a>
  </li>`;
}

/** The share of everyone that comes next. */
function nextShare({ rings, policy }: ConsoleView, { language, messages: { tile } }: Viewer): readonly Markup[] {
  const ga = rings.find(({ ring }) => ring === "ga");
  const next = policy.promotion.stages.find(({ basisPoints }) => ga && basisPoints / 100 > ga.progress.percent);
  if (!next) return [];
  return [
    html`<li class="tile idle">
      <p>${tile.share(numbersOf(language).share(next.basisPoints / 10_000))}</p>
      <p class="muted">${tile.nothing}</p>
    </li>`,
  ];
}

function nameOf(ring: string): string {
  return ring === "ga" ? "GA" : ring;
}
