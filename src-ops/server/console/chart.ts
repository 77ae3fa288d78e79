import { shareAtMostAlways } from "../../gates/index.ts";
import { html, type Markup } from "./markup.ts";
import type { RingView } from "./view.ts";
import type { Messages } from "./message-catalog.ts";

const [WIDTH, HEIGHT] = [640, 200];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 12, 14, 24];
/** The chart covers shares from a tenth of the limit to ten times the limit; others are drawn at its edge. */
const MAX_SHARE_IN_LIMITS = 10;

/** A logarithmic chart of the upper bound on failed operations over time, with the limit that it must fall below. */
export function boundChart(
  { cumulativeCounts: counts, rules }: RingView,
  messages: Messages,
  percent: (share: number) => string,
): Markup {
  const { below: limit } = rules.errors;
  const last = counts.at(-1);
  const first = counts[0];
  if (!last || !first) return html`<p class="muted">${messages.chart.none}</p>`;
  const bounds = counts.map(({ at, operations, failed }) => ({
    at,
    bound: shareAtMostAlways({ failed, of: operations }, rules.evidence.pass),
  }));
  const top = Math.log10(limit * MAX_SHARE_IN_LIMITS);
  const low = Math.log10(limit / MAX_SHARE_IN_LIMITS);
  const span = Math.max(1, last.at - first.at);
  const x = (at: number) => LEFT + ((at - first.at) / span) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => {
    const inside = Math.min(top, Math.max(low, Math.log10(Math.max(share, 1e-12))));
    return TOP + ((top - inside) / (top - low)) * (HEIGHT - TOP - BOTTOM);
  };
  // A single hour is drawn as a horizontal line.
  const points = [...bounds, ...(bounds.length === 1 ? [{ at: last.at + span, bound: bounds[0]?.bound ?? 1 }] : [])];
  const path = points.map(({ at, bound }) => `${x(Math.min(at, last.at + span)).toFixed(1)},${y(bound).toFixed(1)}`);
  const newest = bounds.at(-1)?.bound ?? 1;
  const at = y(limit).toFixed(1);
  return html`<figure class="chart">
    <figcaption>${messages.chart.summary(percent(newest), percent(limit))}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${messages.chart.title}">
      <line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" />
      <text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${percent(limit)}</text>
      <text x="${WIDTH - RIGHT}" y="${Number(at) - 6}" text-anchor="end">${messages.chart.limit}</text>
      <polyline class="bound" points="${path.join(" ")}" />
    </svg>
  </figure>`;
}
