import { numbersOf } from "../wording/index.ts";
import type { HourlyCounts } from "../store/index.ts";
import { type Area, heightOf, placeOf, shareAxis } from "./log-axis.ts";
import { html, type Markup } from "./markup.ts";
import type { RingView } from "./view.ts";
import { day, type Viewer } from "./viewer.ts";
import { DAY, type UnixMs } from "../../../src-shared/units.ts";

const [WIDTH, HEIGHT] = [214, 196];
const AREA: Area = { left: 60, right: 206, top: 10, bottom: 172 };
const DAY_MS = DAY * 1_000;

/** The share of failed operations by day: the version before as hollow dots, the release as filled ones. */
export function comparisonChart(view: RingView, now: UnixMs, viewer: Viewer): Markup | null {
  const { before, days, version, ring, rules } = view;
  if (!before) return null;
  const { messages, language } = viewer;
  const { share: percent } = numbersOf(language);
  const texts = messages.comparison;
  const from = before.days[0]?.at ?? view.since;
  const dots = (all: readonly HourlyCounts[], name: string) =>
    all
      .filter(({ operations }) => operations > 0)
      .map(({ at, operations, failed }) => {
        const [x, y] = [placeOf(at + DAY_MS / 2, from, now, AREA), heightOf(failed / operations, AREA)];
        return html`<circle class="${name}" cx="${Math.min(AREA.right, x).toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" />`;
      });
  const span = Math.round((now - from) / DAY_MS);
  return html`<figure class="comparison" aria-labelledby="${ring}-comparison">
    <h3 id="${ring}-comparison">${texts.title(before.version)}</h3>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${ring}-comparison">
      ${shareAxis(AREA, rules.errors.below, percent)}
      <line
        class="limit"
        x1="${AREA.left}"
        x2="${AREA.right}"
        y1="${heightOf(rules.errors.below, AREA).toFixed(1)}"
        y2="${heightOf(rules.errors.below, AREA).toFixed(1)}"
      />
      <text
        class="limit-text"
        x="${AREA.left - 8}"
        y="${(heightOf(rules.errors.below, AREA) + 4).toFixed(1)}"
        text-anchor="end"
      >
        ${percent(rules.errors.below)}
      </text>
      ${dots(before.days, "before")} ${dots(days, "now")}
      <text x="${AREA.left}" y="${AREA.bottom + 18}">${texts.days(span)}</text>
      <text x="${AREA.right}" y="${AREA.bottom + 18}" text-anchor="end">${texts.today}</text>
    </svg>
    <p class="muted legend">○ ${before.version} ● ${version}</p>
    <div class="only-read">
      <table>
        <caption>
          ${texts.table}
        </caption>
        <tbody>
          ${rowsOf(before.days, texts.before(before.version), viewer)} ${rowsOf(days, texts.now(version), viewer)}
        </tbody>
      </table>
    </div>
  </figure>`;
}

function rowsOf(days: readonly HourlyCounts[], name: string, { language }: Viewer): readonly Markup[] {
  const { share } = numbersOf(language);
  return days.map(
    ({ at, operations, failed }) =>
      html`<tr>
        <th scope="row">${name}, ${day(at, language)}</th>
        <td>${operations > 0 ? share(failed / operations) : "–"}</td>
      </tr>`,
  );
}
