import { shareAtMostAlways } from "../../gates/index.ts";
import { numbersOf } from "../wording/index.ts";
import type { Audit } from "../decisions/index.ts";
import { type Area, heightOf, placeOf, shareAxis } from "./log-axis.ts";
import { MARKS } from "./marks.ts";
import { html, type Markup } from "./markup.ts";
import type { RingView } from "./view.ts";
import { dateTime, day, type Viewer } from "./viewer.ts";
import { DAY, type UnixMs } from "../../../src-shared/units.ts";

const HEIGHT = 196;
/** Beside a comparison there is less room, and the letters keep their size. */
const WIDTHS = { alone: 760, compared: 552 };
const areaOf = (width: number): Area => ({ left: 56, right: width - 66, top: 10, bottom: 172 });
const DAY_MS = DAY * 1_000;
const MAX_DAYS = 8;
const MAX_ROWS = 24;

type Point = { readonly at: UnixMs; readonly bound: number };
type Entry = Audit["decisions"][number];

/**
 * The upper bound on failed operations over time, on a logarithmic axis, with the limit that it must fall below and the
 * decisions as vertical lines. Its last point is the bound of the gate.
 */
export function boundChart(view: RingView, decisions: readonly Entry[], now: UnixMs, viewer: Viewer): Markup {
  const { messages, language } = viewer;
  const { share: percent, bound: boundText } = numbersOf(language);
  const points = pointsOf(view, now);
  const last = points.at(-1);
  if (!last) return html`<p class="muted">${messages.chart.none}</p>`;
  const { below: limit } = view.rules.errors;
  const width = view.before ? WIDTHS.compared : WIDTHS.alone;
  const area = areaOf(width);
  const from = Math.min(view.since, points[0]?.at ?? now);
  const x = (at: UnixMs) => placeOf(at, from, now, area).toFixed(1);
  const y = (share: number) => heightOf(share, area).toFixed(1);
  const path = points.map(({ at, bound }) => `${x(at)},${y(bound)}`).join(" ");
  const limitY = Number(y(limit));
  return html`<svg
      viewBox="0 0 ${width} ${HEIGHT}"
      role="img"
      aria-label="${messages.chart.title}: ${messages.chart.summary(boundText(last.bound), percent(limit))}"
    >
      <defs>
        <pattern
          id="${view.ring}-hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line class="hatch" x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      </defs>
      <rect
        fill="url(#${view.ring}-hatch)"
        x="${area.left}"
        y="${area.top}"
        width="${area.right - area.left}"
        height="${(limitY - area.top).toFixed(1)}"
      />
      ${shareAxis(area, limit, percent)} ${dayTicks(from, now, x, area, viewer)}
      <line class="limit" x1="${area.left}" x2="${area.right}" y1="${limitY}" y2="${limitY}" />
      <text class="limit-text" x="${area.left - 8}" y="${limitY + 4}" text-anchor="end">${percent(limit)}</text>
      <text class="limit-text" x="${area.right + 6}" y="${limitY + 4}">${messages.chart.limit}</text>
      ${verticals(view, decisions, from, now, x, area, viewer)}
      <polyline class="bound" points="${path}" />
      <circle class="end" cx="${x(last.at)}" cy="${y(last.bound)}" r="5" />
      <text class="value" x="${area.right + 6}" y="${valueHeight(Number(y(last.bound)), limitY)}">
        ${boundText(last.bound)}
      </text>
    </svg>
    ${pointTable(points, viewer)}`;
}

/** The counts are scaled so that the last one is the sample of the gate: what other rings did before counts, too. */
function pointsOf({ cumulativeCounts: counts, gates }: RingView, now: UnixMs): readonly Point[] {
  const gate = gates.find((one) => one.gate === "errors");
  const last = counts.at(-1);
  if (!gate?.sample || !gate.bound || !last) return [];
  const { events, of, evidence } = gate.sample;
  const more = of - last.operations;
  const moreFailed = Math.max(0, events - last.failed);
  const points = counts.map(({ at, operations, failed }): Point => {
    const sample = more >= 0 ? operations + more : (operations * of) / last.operations;
    return { at: Math.min(at, now), bound: shareAtMostAlways({ failed: failed + moreFailed, of: sample }, evidence) };
  });
  return [...points, { at: now, bound: gate.bound.atMost }];
}

function dayTicks(from: UnixMs, now: UnixMs, x: (at: UnixMs) => string, area: Area, { language }: Viewer): Markup {
  const days = Math.ceil((now - from) / DAY_MS);
  const step = Math.max(1, Math.ceil(days / MAX_DAYS)) * DAY_MS;
  const first = Math.ceil(from / DAY_MS) * DAY_MS;
  const ticks: Markup[] = [];
  for (let at = first; at <= now; at += step) {
    ticks.push(
      html`<line class="tick" x1="${x(at)}" x2="${x(at)}" y1="${area.bottom}" y2="${area.bottom + 4}" /><text
          x="${x(at)}"
          y="${area.bottom + 18}"
          text-anchor="middle"
          >${day(at, language)}</text
        >`,
    );
  }
  if (ticks.length > 0) return html`${ticks}`;
  // The ring began today: the hours are the scale.
  const ends = [from, now].map(
    (at, index) =>
      html`<text x="${x(at)}" y="${area.bottom + 18}" text-anchor="${index === 0 ? "start" : "end"}"
        >${dateTime(at, language)}</text
      >`,
  );
  return html`${ends}`;
}

const SHOWN = ["halt", "halt-by-hand", "promotion", "restored"] as const;

function verticals(
  { ring, build }: RingView,
  decisions: readonly Entry[],
  from: UnixMs,
  now: UnixMs,
  x: (at: UnixMs) => string,
  area: Area,
  { messages }: Viewer,
): Markup {
  const lines = decisions.flatMap(({ at: loggedAt, decision }) => {
    // The log learns of a promotion at the next evaluation.
    const at = decision.kind === "promotion" ? decision.since : loggedAt;
    const kind = SHOWN.find((name) => name === decision.kind);
    if (!kind || decision.ring !== ring || decision.build !== build || at < from || at > now) return [];
    const mark = kind.startsWith("halt") ? MARKS.halted : "▸";
    const isLate = Number(x(at)) > (area.left + area.right) / 2;
    const place = Number(x(at)) + (isLate ? -6 : 6);
    return [
      html`<line class="decision" x1="${x(at)}" x2="${x(at)}" y1="${area.top}" y2="${area.bottom}" /><text
          class="event"
          x="${place}"
          y="${area.bottom - 6}"
          text-anchor="${isLate ? "end" : "start"}"
          >${mark} ${messages.chart.events[kind]}</text
        >`,
    ];
  });
  return html`${lines}`;
}

// Beside the limit's own word there is no room for a second one.
function valueHeight(y: number, limitY: number): number {
  if (Math.abs(y - limitY) >= 14) return y + 4;
  return y <= limitY ? limitY - 12 : limitY + 20;
}

function pointTable(points: readonly Point[], { messages, language }: Viewer): Markup {
  const { bound: text } = numbersOf(language);
  const step = Math.max(1, Math.ceil(points.length / MAX_ROWS));
  const rows = points
    .filter((_point, index) => index % step === 0 || index === points.length - 1)
    .map(
      ({ at, bound }) =>
        html`<tr>
          <th scope="row">${dateTime(at, language)}</th>
          <td>${text(bound)}</td>
        </tr>`,
    );
  return html`<div class="only-read">
    <table>
      <caption>
        ${messages.chart.table}
      </caption>
      <thead>
        <tr>
          <th scope="col">${messages.chart.time}</th>
          <th scope="col">${messages.chart.title}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
