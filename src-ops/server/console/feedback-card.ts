import { medianOf } from "../../gates/index.ts";
import { numbersOf } from "../wording/index.ts";
import { html, type Markup } from "./markup.ts";
import { pilotComments } from "./report-lists.ts";
import type { RingView } from "./view.ts";
import type { Viewer } from "./viewer.ts";

const SCORES = Array.from({ length: 11 }, (_, score) => score);
const [BAR, GAP, HEIGHT] = [28, 6, 44];

/** How many people gave each score, and what they wrote; `null` for a ring whose people are not asked. */
export function feedbackCard(view: RingView, viewer: Viewer): Markup | null {
  const { ring, asked, rules } = view;
  const { messages, language, isPrinted } = viewer;
  const scores = view.scores.length > 0 ? view.scores : [];
  const comments = pilotComments(view, viewer);
  if (!rules.people && scores.length === 0 && comments.length === 0) return null;
  const texts = messages.feedback;
  const { count } = numbersOf(language);
  const median = medianOf(scores);
  const limit = rules.people?.feedback.median;
  const summary = median === null || limit === undefined ? "" : texts.median(count(median), count(limit));
  const list = html`<ul class="comments">
    ${comments}
  </ul>`;
  const folded = html`<details id="${ring}-comments">
    <summary>${texts.comments(comments.length)}</summary>
    ${list}
  </details>`;
  return html`<section class="card" aria-labelledby="${ring}-feedback">
    <h3 id="${ring}-feedback">
      ${messages.labelled(texts.title, texts.of(scores.length, Math.max(asked, scores.length)))}
      <small>${summary}</small>
    </h3>
    ${scores.length === 0 ? html`<p class="muted">${texts.none}</p>` : histogram(scores, viewer)}
    ${comments.length === 0 ? null : isPrinted ? list : folded}
  </section>`;
}

function histogram(scores: readonly number[], { messages }: Viewer): Markup {
  const counts = SCORES.map((score) => scores.filter((given) => given === score).length);
  const most = Math.max(...counts);
  const spoken = counts.flatMap((people, score) => (people > 0 ? [messages.feedback.score(score, people)] : []));
  const bars = counts.map((people, score) => {
    const height = (people / most) * (HEIGHT - 20);
    const x = score * (BAR + GAP);
    return html`<rect
        class="score"
        x="${x}"
        y="${(HEIGHT - 18 - height).toFixed(1)}"
        width="${BAR}"
        height="${height.toFixed(1)}"
      /><text x="${x + BAR / 2}" y="${HEIGHT - 4}" text-anchor="middle">${score}</text>`;
  });
  return html`<svg viewBox="0 0 ${11 * (BAR + GAP)} ${HEIGHT}" role="img" aria-label="${spoken.join("; ")}">
    ${bars}
  </svg>`;
}
