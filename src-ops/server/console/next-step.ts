import type { Ring } from "../../../src-shared/license/index.ts";
import type { RingProgress } from "../../feed/index.ts";
import { numbersOf } from "../wording/index.ts";
import type { Messages } from "./message-catalog.ts";
import { dateTime, type Viewer } from "./viewer.ts";
import { HOUR } from "../../../src-shared/units.ts";

const HASH_LETTERS = 12;

/** What people may do next, with the command. */
export function nextStep({ ring, build, next, observationLeft }: RingProgress, { messages, language }: Viewer): string {
  const texts = messages.next;
  switch (next.kind) {
    case "release":
      return texts.release;
    case "watch":
      return texts.watch(`${dateTime(next.until * 1_000, language)} UTC`, Math.ceil(observationLeft / HOUR));
    case "promote":
      return texts.promote(nameOf(next.to, next.basisPoints, texts, language), next.to);
    case "decide":
      return texts.decide(ring, build ?? "BUILD");
    case "fix":
      return texts.fix;
    case "done":
      return texts.done;
  }
}

function nameOf(ring: Ring, basisPoints: number, { share }: Messages["next"], language: Viewer["language"]): string {
  return ring === "ga" ? share(numbersOf(language).share(basisPoints / 10_000)) : ring;
}

/** The evidence with which the release was promoted. */
export function evidenceOfPromotion({ promotion }: RingProgress, { messages, language }: Viewer): string {
  if (!promotion?.verdict) return "";
  const { evidence: texts } = messages;
  const { verdict, checklistHash, pilots, lane, overrides } = promotion;
  const parts = [
    texts.verdict(verdict.outcome, `${dateTime(verdict.at * 1_000, language)} UTC`),
    ...(checklistHash === undefined ? [] : [texts.checklist(checklistHash.slice(0, HASH_LETTERS))]),
    ...(pilots === undefined ? [] : [texts.pilots(pilots.count)]),
    ...(lane === undefined ? [] : [texts.lane(lane)]),
    ...overrides.map(({ code, reason }) => texts.override(code, reason)),
  ];
  return texts.title(parts.join("; "));
}
