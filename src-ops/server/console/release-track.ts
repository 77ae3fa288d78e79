import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { Policy } from "../../gates/index.ts";
import type { RingProgress } from "../../feed/index.ts";
import { html, type Markup } from "./markup.ts";
import type { Messages } from "./message-catalog.ts";
import { HOUR } from "../../../src-shared/units.ts";

const HASH_LETTERS = 12;

/** How far a release has come: draft, the small rings, then the shares of everyone; and whether it was stopped. */
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

/** What people may do next, and on what grounds they have come so far. */
export function nextStep(progress: RingProgress, messages: Messages, said: (at: number) => string): Markup {
  const grounds = groundsOf(progress, messages, said);
  const next = sentenceOf(progress, messages, said);
  return html`${next === "" ? null : html`<p class="next">${next}</p>`}
  ${grounds === "" ? null : html`<p class="muted">${grounds}</p>`}`;
}

function sentenceOf(
  { next, observationLeft }: RingProgress,
  { next: said }: Messages,
  time: (at: number) => string,
): string {
  switch (next.kind) {
    case "release":
      return said.release;
    case "watch":
      return said.watch(time(next.until * 1_000), Math.ceil(observationLeft / HOUR));
    case "promote":
      return said.promote(nameOf(next.to, next.basisPoints, said));
    case "decide":
      return said.decide;
    case "fix":
      return said.fix;
    case "done":
      return "";
  }
}

function nameOf(ring: Ring, basisPoints: number, { share }: Messages["next"]): string {
  return ring === "ga" ? share(basisPoints / 100) : ring;
}

function groundsOf({ promotion }: RingProgress, { grounds }: Messages, said: (at: number) => string): string {
  if (!promotion?.verdict) return "";
  const { verdict, checklistHash, pilots, lane, overrides } = promotion;
  const parts = [
    grounds.verdict(verdict.outcome, said(verdict.at * 1_000)),
    ...(checklistHash === undefined ? [] : [grounds.checklist(checklistHash.slice(0, HASH_LETTERS))]),
    ...(pilots === undefined ? [] : [grounds.pilots(pilots.count)]),
    ...(lane === undefined ? [] : [grounds.lane(lane)]),
    ...overrides.map(({ code, reason }) => grounds.setAside(code, reason)),
  ];
  return grounds.title(parts.join("; "));
}
