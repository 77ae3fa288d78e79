import { createHash } from "node:crypto";
import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";
import { RINGS } from "../../../src-shared/license/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import { keepLatest } from "../../keep-latest.ts";
import type { DecisionRepository } from "../store/index.ts";

const Sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Count = NonNegativeInteger;
const about = { ring: v.picklist(RINGS), build: v.string() };

export const INCIDENT_DECISIONS = ["keep", "halt", "roll-back", "fix"] as const;
export type IncidentDecision = (typeof INCIDENT_DECISIONS)[number];

/** A decision of the server, which may only evaluate and halt; of a person at the console; or of the people who sign. */
export const Decision = v.variant("kind", [
  /** A ring began to run a build: its exposure starts. */
  v.strictObject({ kind: v.literal("watch"), ...about, version: v.string(), since: Count }),
  /** The verdict changed. `notGreen`: which gates, and how. */
  v.strictObject({
    kind: v.literal("verdict"),
    ...about,
    verdict: v.picklist(["pass", "fail", "inconclusive"]),
    notGreen: v.array(v.string()),
    policyHash: Sha256Hex,
  }),
  /** A verdict was given to people who may sign with it. */
  v.strictObject({
    kind: v.literal("verdict-given"),
    ...about,
    verdict: v.picklist(["pass", "fail", "inconclusive"]),
    verdictHash: Sha256Hex,
    policyHash: Sha256Hex,
    evidenceHash: Sha256Hex,
  }),
  /** People released a build to a ring, or to a larger share of it: copied from the document that they signed. */
  v.strictObject({
    kind: v.literal("promotion"),
    ...about,
    seq: Count,
    basisPoints: Count,
    since: Count,
    verdictHash: v.nullable(Sha256Hex),
    checklistHash: v.nullable(Sha256Hex),
    lane: v.nullable(v.string()),
    overrides: v.array(v.strictObject({ code: v.string(), reason: v.string() })),
  }),
  /** `after`: the earlier ring in which the same build was halted. Absent if the ring's own gates halted it. */
  v.strictObject({
    kind: v.literal("halt"),
    ...about,
    reason: v.string(),
    policyHash: Sha256Hex,
    after: v.optional(v.picklist(RINGS)),
  }),
  v.strictObject({ kind: v.literal("halt-by-hand"), ...about, reason: v.string(), by: v.string() }),
  /**
   * People changed a ring by command: copied from the document that they signed. `keys`: the ids of the keys that signed it.
   * A release that was promoted with a verdict has a `promotion` as well.
   */
  v.strictObject({
    kind: v.literal("signed"),
    ...about,
    action: v.picklist(["release", "rollback", "resume", "halt"]),
    seq: Count,
    issued: Count,
    reason: v.string(),
    keys: v.array(v.string()),
  }),
  /** What people decided about an incident. This entry alone changes nothing in the feed. */
  v.strictObject({
    kind: v.literal("incident-decided"),
    ...about,
    incident: v.string(),
    decision: v.picklist(INCIDENT_DECISIONS),
    reason: v.string(),
    by: v.string(),
  }),
  /**
   * The database was restored from a backup: later events are lost, and the exposure starts again. `build`: the last build
   * that the log has for the ring; empty if there is none.
   */
  v.strictObject({ kind: v.literal("restored"), ...about, reason: v.string() }),
  /** A halt was due but could not be published. It is tried again, and people are alerted. */
  v.strictObject({ kind: v.literal("halt-failed"), ...about, code: v.string() }),
]);
export type Decision = v.InferOutput<typeof Decision>;

const Line = v.strictObject({ n: Count, prev: v.string(), at: Count, decision: Decision });
type Line = v.InferOutput<typeof Line>;

export const LOG_START = "0".repeat(64);

export type Audit = {
  readonly decisions: readonly Line[];
  /** Hash of the last valid line. A copy kept elsewhere shows later whether the end was cut off. */
  readonly head: string;
  /** The head after each line. */
  readonly heads: readonly string[];
  /** The number of the first invalid line, counted from 1. */
  readonly brokenAt: number | undefined;
};

/** Appends a decision to the log, durably. Each line contains the hash of the previous line. */
export function logDecision(lines: DecisionRepository, at: UnixMs, decision: Decision): Promise<void> {
  return lines.append((last) => {
    const prev = last ? hashOf(last.line) : LOG_START;
    const n = last ? last.n + 1 : 0;
    return { n, line: JSON.stringify({ n, prev, at, decision }) };
  });
}

/** Verifies the log from its beginning, up to the first line that does not match the previous one. */
export async function auditDecisions(lines: Pick<DecisionRepository, "all">): Promise<Audit> {
  const decisions: Line[] = [];
  const heads: string[] = [];
  let head = LOG_START;
  for (const { n, line: text } of await lines.all()) {
    const line = parseLine(text);
    const isNext = line && line.n === decisions.length && n === line.n && line.prev === head;
    if (!isNext) return { decisions, head, heads, brokenAt: decisions.length + 1 };
    decisions.push(line);
    head = hashOf(text);
    heads.push(head);
  }
  return { decisions, head, heads, brokenAt: undefined };
}

/**
 * Verifies the log again only after its end has changed, and returns the same object until then. If somebody edits a line
 * in the middle of the log in the database, this is found after the next change, and by every `ring audit`.
 */
export function createDecisionLogReader(lines: Pick<DecisionRepository, "all" | "end">): () => Promise<Audit> {
  const latest = keepLatest<string, Audit>(
    (previous, current) => previous === current,
    () => true,
  );
  return async () => {
    const { count, last } = await lines.end();
    return latest(`${count} ${last?.n} ${last?.line}`, () => auditDecisions(lines));
  };
}

function parseLine(text: string): Line | undefined {
  const json = parseStrictJson(utf8(text));
  const line = v.safeParse(Line, json.ok ? json.value : undefined);
  return line.success ? line.output : undefined;
}

function hashOf(line: string): string {
  return createHash("sha256").update(line).digest("hex");
}
