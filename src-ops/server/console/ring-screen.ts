import { numbersOf } from "../wording/index.ts";
import { boundChart } from "./chart.ts";
import { comparisonChart } from "./comparison-chart.ts";
import { computersCard } from "./computers-card.ts";
import { decisionCard } from "./decision-list.ts";
import { feedbackCard } from "./feedback-card.ts";
import { gateCard } from "./gate-table.ts";
import { incidentCard } from "./incident-list.ts";
import { html, type Markup } from "./markup.ts";
import { evidenceOfPromotion } from "./next-step.ts";
import { crashList, errorLog } from "./report-lists.ts";
import { ringTiles } from "./ring-tiles.ts";
import { verdictBand } from "./verdict-band.ts";
import type { ConsoleView, RingView } from "./view.ts";
import type { Viewer } from "./viewer.ts";

/** One screen: the rings, and the release of one of them from the verdict to the last computer. */
export function ringScreen(view: ConsoleView, ring: string | undefined, viewer: Viewer): Markup {
  const chosen = view.rings.find((one) => one.ring === ring) ?? view.rings[0];
  if (!chosen) {
    return html`<p>${viewer.messages.nothingRuns}</p>
      ${incidentCard(view.incidents, view.now, viewer)}`;
  }
  return html`${ringTiles(view, chosen, viewer)} ${verdictBand(chosen, view, viewer)}
    <div class="columns" data-ring="${chosen.ring}">
      <div>${chartCard(chosen, view, viewer)} ${gateCard(chosen, viewer)}</div>
      <div>
        ${incidentCard(view.incidents, view.now, viewer)} ${computersCard(chosen, viewer)}
        ${feedbackCard(chosen, viewer)}
        <section class="card small">
          ${decisionCard(view.decisions, viewer, evidenceOfPromotion(chosen.progress, viewer))}
          ${crashList(chosen, viewer)} ${errorLog(chosen, viewer)}
        </section>
      </div>
    </div>`;
}

/** The same about every ring, one after the other, to print. */
export function printedRings(view: ConsoleView, viewer: Viewer): Markup {
  const rings = view.rings.map(
    (ring) =>
      html`<article aria-label="${ring.ring}">
        <h2>${ring.ring} · ${ring.version} <small>${ring.build}</small></h2>
        ${verdictBand(ring, view, viewer)} ${chartCard(ring, view, viewer)} ${gateCard(ring, viewer)}
        ${computersCard(ring, viewer)} ${feedbackCard(ring, viewer)}
        <section class="card">
          <p class="muted">${evidenceOfPromotion(ring.progress, viewer)}</p>
          ${crashList(ring, viewer)} ${errorLog(ring, viewer)}
        </section>
      </article>`,
  );
  return html`${rings.length === 0 ? html`<p>${viewer.messages.nothingRuns}</p>` : rings}
    ${incidentCard(view.incidents, view.now, viewer)}
    <section class="card">${decisionCard(view.decisions, viewer)}</section>`;
}

function chartCard(ring: RingView, view: ConsoleView, viewer: Viewer): Markup {
  const { chart } = viewer.messages;
  const { share, bound: boundText } = numbersOf(viewer.language);
  const bound = ring.gates.find(({ gate }) => gate === "errors")?.bound;
  const summary =
    bound && ring.cumulativeCounts.length > 0
      ? chart.summary(boundText(bound.atMost), share(ring.rules.errors.below))
      : "";
  const comparison = comparisonChart(ring, view.now, viewer);
  return html`<section class="card chart-card${comparison ? " compared" : ""}" aria-labelledby="${ring.ring}-chart">
    <figure>
      <h3 id="${ring.ring}-chart">${chart.title} <small>${summary}</small></h3>
      ${boundChart(ring, view.decisions, view.now, viewer)}
    </figure>
    ${comparison}
  </section>`;
}
