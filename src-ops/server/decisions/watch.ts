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
import { signedChanges } from "./signed-changes.ts";
import { syncEnrolments } from "./sync-enrolments.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { ok } from "../../../src-shared/result.ts";
import type { BuildId } from "../../../src-shared/updates/index.ts";
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
  const { log, rings } = evaluated.value;
  for (const assessment of rings) {
    for (const decision of newDecisions(assessment, log))
      await logDecision(store.decisions, assessment.assessedAt, decision);
  }
  // Before the halts of this evaluation: those are logged as the server's own.
  for (const change of signedChanges(evaluated.value.feed, log)) await logDecision(store.decisions, now(), change);
  const halted: Stopped[] = [];
  for (const order of haltOrders(rings)) halted.push(...(await publishOrder(ports, order, log)));
  return ok({ rings: rings.map((assessment) => afterHalts(assessment, halted)), log: await assessor.readLog() });
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

/** A build to halt in a ring, and in the later rings that offer it. */
type HaltOrder = {
  readonly ring: Ring;
  readonly build: BuildId;
  /** For the decision log, with the figures. */
  readonly reason: string;
  /** Users read the signed document, so it has a sentence for them. */
  readonly publicReason: string;
  readonly policyHash: string;
};
type Stopped = { readonly ring: Ring; readonly build: BuildId };

/** The releases that their gates halt now, and the halts of any origin that later rings do not have yet. */
function haltOrders(rings: readonly Assessment[]): HaltOrder[] {
  return rings.flatMap(({ ring, build, policyHash, halt, isHalted, gates, unfinishedHalts }) => {
    const halting = gates.filter(({ outcome }) => outcome === "halt");
    const reason = halting.map(({ gate, why }) => `${gate}: ${why}`).join(". ");
    const publicReason = haltReason(halting.map(({ gate }) => gate));
    const own = halt && !isHalted ? [{ ring, build, reason, publicReason, policyHash }] : [];
    const others = unfinishedHalts.map((one) => ({ ring, policyHash, ...one, publicReason: one.reason }));
    return [...own, ...others];
  });
}

/** Publishes a halt, and logs for each ring whether it was stopped. Returns where the build is halted now. */
async function publishOrder(
  { store, feed, now }: WatchPorts,
  order: HaltOrder,
  log: Audit,
): Promise<readonly Stopped[]> {
  const { ring, build, reason, publicReason, policyHash } = order;
  const { halted, failed } = await publishHaltOnce(feed, { ring, build, reason: publicReason }, now());
  for (const name of halted) {
    const origin = name === ring ? {} : { after: ring };
    await logDecision(store.decisions, now(), { kind: "halt", ring: name, build, reason, policyHash, ...origin });
  }
  for (const { ring: name, code } of failed) {
    const last = lastOf(log, name, "halt-failed");
    // The halt is tried again at every evaluation, but each failure code is logged only once.
    const isLogged = last?.kind === "halt-failed" && last.build === build && last.code === code;
    if (!isLogged) await logDecision(store.decisions, now(), { kind: "halt-failed", ring: name, build, code });
  }
  const names = failed.some((one) => one.ring === ring) ? halted : [ring, ...halted];
  return names.map((name) => ({ ring: name, build }));
}

/** The assessment with what the halts of this evaluation have changed, so that the alerts do not wait for the next one. */
function afterHalts(assessment: Assessment, halted: readonly Stopped[]): Assessment {
  const isStopped = (ring: Ring, build: BuildId) => halted.some((one) => one.ring === ring && one.build === build);
  const { ring, build, isHalted, offeredIn, unfinishedHalts } = assessment;
  return {
    ...assessment,
    isHalted: isHalted || isStopped(ring, build),
    offeredIn: offeredIn.filter((later) => !isStopped(later, build)),
    unfinishedHalts: unfinishedHalts
      .map((one) => ({ ...one, rings: one.rings.filter((later) => !isStopped(later, one.build)) }))
      .filter(({ rings }) => rings.length > 0),
  };
}

function lastOf({ decisions }: Audit, ring: Assessment["ring"], kind: Decision["kind"]): Decision | undefined {
  return decisions.findLast(({ decision }) => decision.ring === ring && decision.kind === kind)?.decision;
}
