import { html, type Markup } from "./markup.ts";

/** The shares that the vertical axis of every chart shows, from 0.01 % to 10 %. */
const TICKS = [0.1, 0.01, 0.001, 0.0001] as const;
const [HIGHEST, LOWEST] = [0.1, 0.0001];

/** The inner area of a chart. */
export type Area = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** The height of a share on the logarithmic axis; smaller and larger shares are drawn at its ends. */
export function heightOf(share: number, { top, bottom }: Area): number {
  const inside = Math.min(HIGHEST, Math.max(LOWEST, share));
  const part = Math.log10(HIGHEST / inside) / Math.log10(HIGHEST / LOWEST);
  return top + part * (bottom - top);
}

export function placeOf(at: number, from: number, until: number, { left, right }: Area): number {
  return left + ((at - from) / Math.max(1, until - from)) * (right - left);
}

/** The lines and the numbers of the vertical axis (a share of 0 is at its lower end), without the limit, which has a line of its own. */
export function shareAxis(area: Area, limit: number, percent: (share: number) => string): Markup {
  const lines = TICKS.map((tick) => {
    const y = heightOf(tick, area).toFixed(1);
    const isLimit = Math.abs(tick - limit) < 1e-9;
    return html`<line
        class="grid"
        x1="${area.left}"
        x2="${area.right}"
        y1="${y}"
        y2="${y}"
      />${isLimit ? null : html`<text x="${area.left - 8}" y="${Number(y) + 4}" text-anchor="end">${tick === LOWEST ? `≤ ${percent(tick)}` : percent(tick)}</text>`}`;
  });
  return html`${lines}`;
}
