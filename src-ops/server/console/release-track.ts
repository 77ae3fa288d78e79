import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { Policy } from "../../gates/index.ts";
import type { RingProgress } from "../../feed/index.ts";
import { html, type Markup } from "./markup.ts";
import type { Messages } from "./message-catalog.ts";
import { HOUR } from "../../../src-shared/units.ts";

const HASH_LETTERS = 12;

/** The steps of a release (draft, the small rings, the shares of GA), the current one, and whether it was halted. */
export function releaseTrack(
  { ring, state, percent }: RingProgress,
  { promotion }: Policy,
  messages: Messages,
): Markup {
  const names = messages.track;
  const steps = [
    { name: names.draft, isHere: false },
    ...RINGS.filter((one) => one !== "ga").map((one) => ({ name: one as string, isHere: one === ring })),
    ...promotion.stages.map(({ basisPoints }) => ({
      name: names.everyone(basisPoints / 100),
      isHere: ring === "ga" && basisPoints / 100 === percent,
    })),
  ];
  const items = steps.map(({ name, isHere }) =>
    isHere ? html`<li aria-current="step">${name}</li>` : html`<li>${name}</li>`,
  );
  const stopped = state === "halted" ? names.halted : state === "rolled-back" ? names.rolledBack : undefined;
  return html`<ol class="track">
    ${items}${stopped === undefined ? null : html`<li class="halted">${stopped}</li>`}
  </ol>`;
}

/** What people may do next, and the evidence of the last promotion. */
export function nextStep(progress: RingProgress, messages: Messages, formatTime: (at: number) => string): Markup {
  const evidence = evidenceOf(progress, messages, formatTime);
  const next = sentenceOf(progress, messages, formatTime);
  return html`${next === "" ? null : html`<p class="next">${next}</p>`}
  ${evidence === "" ? null : html`<p class="muted">${evidence}</p>`}`;
}

function sentenceOf(
  { next, observationLeft }: RingProgress,
  { next: texts }: Messages,
  formatTime: (at: number) => string,
): string {
  switch (next.kind) {
    case "release":
      return texts.release;
    case "watch":
      return texts.watch(formatTime(next.until * 1_000), Math.ceil(observationLeft / HOUR));
    case "promote":
      return texts.promote(nameOf(next.to, next.basisPoints, texts));
    case "decide":
      return texts.decide;
    case "fix":
      return texts.fix;
    case "done":
      return "";
  }
}

function nameOf(ring: Ring, basisPoints: number, { share }: Messages["next"]): string {
  return ring === "ga" ? share(basisPoints / 100) : ring;
}

function evidenceOf(
  { promotion }: RingProgress,
  { evidence: texts }: Messages,
  formatTime: (at: number) => string,
): string {
  if (!promotion?.verdict) return "";
  const { verdict, checklistHash, pilots, lane, overrides } = promotion;
  const parts = [
    texts.verdict(verdict.outcome, formatTime(verdict.at * 1_000)),
    ...(checklistHash === undefined ? [] : [texts.checklist(checklistHash.slice(0, HASH_LETTERS))]),
    ...(pilots === undefined ? [] : [texts.pilots(pilots.count)]),
    ...(lane === undefined ? [] : [texts.lane(lane)]),
    ...overrides.map(({ code, reason }) => texts.override(code, reason)),
  ];
  return texts.title(parts.join("; "));
}
