import { readRegister } from "../../register/index.ts";
import { type FeedLocation, feedStatus } from "../../feed/index.ts";
import type { Attempt } from "../../failure.ts";
import type { PolicyFile } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import { assess, type Assessment } from "./assess.ts";
import { type Audit, auditDecisions, type Decision, logDecision } from "./decision-log.ts";
import { haltReason } from "./halt-reason.ts";
import { enrolmentsIn, genuineTokens } from "./known-artefacts.ts";
import { publishHaltOnce } from "./publish-halt.ts";
import { isNewWatch, runningReleases } from "./running-releases.ts";
import { ok } from "../../../src-shared/result.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type WatchPorts = {
  readonly store: RingStore;
  readonly feed: FeedLocation;
  readonly policy: PolicyFile;
  readonly now: () => UnixMs;
};

/** Judges every ring as it is now. Nothing is decided and nothing logged. FEED_*, REGISTER_BROKEN. */
export async function assessRings(ports: WatchPorts): Promise<Attempt<readonly Assessment[]>> {
  const { store, feed, policy, now } = ports;
  const at = now();
  const seconds = Math.floor(at / 1_000);
  const status = await feedStatus(feed.repo, feed.keys, seconds);
  if (!status.ok) return status;
  const register = await readRegister(feed.keys);
  if (!register.ok) return register;
  const { current, ended } = enrolmentsIn(register.value, seconds);
  for (const [pid, ring] of current) if ((await store.ringOf(pid)) !== ring) await store.enrol(pid, ring, seconds);
  for (const pid of ended) if ((await store.ringOf(pid)) !== "ended") await store.unenrol(pid);
  const genuine = genuineTokens(register.value, seconds);
  const running = runningReleases(status.value, await auditDecisions(store.decisions));
  const assessed: Assessment[] = [];
  for (const one of running) assessed.push(await assess(store, one, policy, (hash) => genuine.has(hash), at));
  return ok(assessed);
}

/**
 * One look at all rings: what is new goes to the decision log, and what has to stop is halted through the feed, by the
 * halt key. Gives the rings as they are after that. Promoting is for people.
 */
export async function watchOnce(ports: WatchPorts): Promise<Attempt<readonly Assessment[]>> {
  const assessed = await assessRings(ports);
  if (!assessed.ok) return assessed;
  const after: Assessment[] = [];
  for (const assessment of assessed.value) {
    const log = await auditDecisions(ports.store.decisions);
    for (const decision of newsOf(assessment, log))
      await logDecision(ports.store.decisions, assessment.assessedAt, decision);
    const isDue = assessment.halt && !assessment.isHalted;
    after.push(isDue ? { ...assessment, isHalted: await halt(ports, assessment, log) } : assessment);
  }
  return ok(after);
}

function newsOf(assessment: Assessment, log: Audit): Decision[] {
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

/** What people have signed since the last look, so that the log tells it too. */
function promotionsIn({ ring, build, signed }: Assessment, log: Audit): Decision[] {
  const { seq, basisPoints, verdictHash, promotion } = signed;
  if (!promotion?.verdict) return [];
  // Of the document, whenever the exposure began: it may begin anew.
  const since = promotion.at * 1_000;
  const last = lastOf(log, ring, "promotion");
  if (last?.kind === "promotion" && last.build === build && last.since === since) return [];
  const { checklistHash = null, lane = null, overrides } = promotion;
  return [{ kind: "promotion", ring, build, seq, basisPoints, since, verdictHash, checklistHash, lane, overrides }];
}

/** Whether it stands now. */
async function halt({ store, feed, now }: WatchPorts, assessment: Assessment, log: Audit): Promise<boolean> {
  const { ring, build, gates, policyHash } = assessment;
  const halting = gates.filter(({ outcome }) => outcome === "halt");
  const reason = halting.map(({ gate, why }) => `${gate}: ${why}`).join(". ");
  // Users read the document: what they can make nothing of stands in the log.
  const words = haltReason(halting.map(({ gate }) => gate));
  const code = await publishHaltOnce(feed, { ring, build, reason: words }, now());
  if (code === "halted already") return true;
  if (code === undefined) {
    await logDecision(store.decisions, now(), { kind: "halt", ring, build, reason, policyHash });
    return true;
  }
  const last = lastOf(log, ring, "halt-failed");
  // Tried again at every look; told once for each reason.
  const isTold = last?.kind === "halt-failed" && last.build === build && last.code === code;
  if (!isTold) await logDecision(store.decisions, now(), { kind: "halt-failed", ring, build, code });
  return false;
}

function lastOf({ decisions }: Audit, ring: Assessment["ring"], kind: Decision["kind"]): Decision | undefined {
  return decisions.findLast(({ decision }) => decision.ring === ring && decision.kind === kind)?.decision;
}
