import type { PolicyFile } from "../../gates/index.ts";
import type { FeedLocation } from "../../feed/index.ts";
import type { Attempt } from "../../failure.ts";
import type { RingStore } from "../store/index.ts";
import type { Assessment } from "./assess.ts";
import { type Audit, type Decision, logDecision } from "./decision-log.ts";
import { haltReason } from "./halt-reason.ts";
import { publishHaltOnce } from "./publish-halt.ts";
import type { Evaluation, RingAssessor } from "./ring-assessor.ts";
import { isNewWatch } from "./running-releases.ts";
import { syncEnrolments } from "./sync-enrolments.ts";
import { ok } from "../../../src-shared/result.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type WatchPorts = {
  readonly store: RingStore;
  readonly feed: FeedLocation;
  readonly policy: PolicyFile;
  readonly now: () => UnixMs;
  readonly assessor: RingAssessor;
};

/**
 * Evaluates all rings once, writes what is new to the decision log, and halts bad releases through the feed with the halt
 * key. It never promotes: people do that. Returns the rings and the log after these changes. FEED_*, REGISTER_BROKEN.
 */
export async function watchOnce(ports: WatchPorts): Promise<Attempt<Pick<Evaluation, "rings" | "log">>> {
  const { store, feed, now, assessor } = ports;
  const synced = await syncEnrolments(store, feed.keys, now());
  if (!synced.ok) return synced;
  const evaluated = await assessor.evaluate();
  if (!evaluated.ok) return evaluated;
  // The new decisions of one ring do not depend on the other rings, so the log is not read again for each ring.
  const { log } = evaluated.value;
  const rings: Assessment[] = [];
  for (const assessment of evaluated.value.rings) {
    for (const decision of newDecisions(assessment, log))
      await logDecision(store.decisions, assessment.assessedAt, decision);
    const isDue = assessment.halt && !assessment.isHalted;
    rings.push(isDue ? { ...assessment, isHalted: await halt(ports, assessment, log) } : assessment);
  }
  return ok({ rings, log: await assessor.readLog() });
}

function newDecisions(assessment: Assessment, log: Audit): Decision[] {
  const { ring, build, version, since, verdict, gates, policyHash } = assessment;
  const isNew = isNewWatch(log, assessment);
  const notGreen = gates.filter(({ outcome }) => outcome !== "pass").map(({ gate, outcome }) => `${gate} ${outcome}`);
  const last = isNew ? undefined : lastOf(log, ring, "verdict");
  const isSame = last?.kind === "verdict" && last.verdict === verdict && last.notGreen.join() === notGreen.join();
  return [
    ...(isNew ? [{ kind: "watch", ring, build, version, since } as const] : []),
    ...promotionsIn(assessment, log),
    ...(isSame ? [] : [{ kind: "verdict", ring, build, verdict, notGreen, policyHash } as const]),
  ];
}

/** The promotions that people have signed since the last evaluation, to be logged too. */
function promotionsIn({ ring, build, signed }: Assessment, log: Audit): Decision[] {
  const { seq, basisPoints, verdictHash, promotion } = signed;
  if (!promotion?.verdict) return [];
  // The time of the document, not the start of the exposure, which can start again.
  const since = promotion.at * 1_000;
  const last = lastOf(log, ring, "promotion");
  if (last?.kind === "promotion" && last.build === build && last.since === since) return [];
  const { checklistHash = null, lane = null, overrides } = promotion;
  return [{ kind: "promotion", ring, build, seq, basisPoints, since, verdictHash, checklistHash, lane, overrides }];
}

/** Publishes the halt of a release. Returns whether the release is halted now. */
async function halt({ store, feed, now }: WatchPorts, assessment: Assessment, log: Audit): Promise<boolean> {
  const { ring, build, gates, policyHash } = assessment;
  const halting = gates.filter(({ outcome }) => outcome === "halt");
  const reason = halting.map(({ gate, why }) => `${gate}: ${why}`).join(". ");
  // Users read the signed document, so it has a sentence for them. The figures go to the log.
  const publicReason = haltReason(halting.map(({ gate }) => gate));
  const code = await publishHaltOnce(feed, { ring, build, reason: publicReason }, now());
  if (code === "halted already") return true;
  if (code === undefined) {
    await logDecision(store.decisions, now(), { kind: "halt", ring, build, reason, policyHash });
    return true;
  }
  const last = lastOf(log, ring, "halt-failed");
  // The halt is tried again at every evaluation, but each failure code is logged only once.
  const isLogged = last?.kind === "halt-failed" && last.build === build && last.code === code;
  if (!isLogged) await logDecision(store.decisions, now(), { kind: "halt-failed", ring, build, code });
  return false;
}

function lastOf({ decisions }: Audit, ring: Assessment["ring"], kind: Decision["kind"]): Decision | undefined {
  return decisions.findLast(({ decision }) => decision.ring === ring && decision.kind === kind)?.decision;
}
