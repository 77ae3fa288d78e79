import type { Ring } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { type BuildId, EVERYONE, type Release, type Version } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { activeHalts } from "./documents.ts";
import { collectEvidence } from "./promotion-evidence.ts";
import type { ReleaseOrder } from "./release-order.ts";
import { concernsOf, ringBefore, stageAfter } from "./promotion/index.ts";
import { draftOf, releaseDocuments, releaseHeader } from "./ring-draft.ts";
import { offersNoNewBuild } from "./offer.ts";

const ANY_VERSION = "0.0.0" as Version;

/**
 * Releases a build to a ring: first to ring0, and to each next ring after it has passed in the previous one.
 *
 * @param accepted called once no rule refuses the release, before it is signed
 */
export async function releaseBuild(
  transaction: FeedTransaction,
  order: ReleaseOrder,
  accepted?: () => Promise<Attempt<unknown>>,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const { ring, build, lane, overrides = [], liftHalt = false } = order;
  if (order.reason === undefined && (lane !== undefined || overrides.length > 0 || liftHalt)) {
    return fail("USAGE", "--lane, --override and --lift-halt need a reason: add --reason. See --help.");
  }
  const lifted = liftHalt ? liftedByFirst(transaction, ring, build) : ok({});
  if (!lifted.ok) return lifted;
  const before = feed.documents.rings[ring].release;
  const old = before?.build === build && before.kind !== "rollback" ? before : undefined;
  const requested = { ...requestedRelease(transaction, order, old), ...lifted.value };
  if (
    old &&
    order.verdict !== undefined &&
    requested.basisPoints === old.basisPoints &&
    offersNoNewBuild(old, requested)
  ) {
    return fail("BUILD_RUNNING", `${ring} already runs ${build} for all machines: somebody else has promoted it.`);
  }
  const release =
    old && offersNoNewBuild(old, requested)
      ? ok({ ...requested, fresh: undefined })
      : await withNewEvidence(transaction, order, requested, old);
  if (!release.ok) return release;
  const { fresh, ...document } = release.value;
  const lift = liftHalt ? ", and its halt is lifted" : "";
  const summary = `${ring} runs ${build} for ${document.basisPoints / 100} % of its machines${lift}`;
  return submitDraft(transaction, draftOf(feed, summary, releaseDocuments(feed, document, fresh), now), accepted);
}

/** The halt that the first document of a ring lifts. HALT_UNKNOWN, BUILD_HALTED. */
function liftedByFirst({ feed }: FeedTransaction, ring: Ring, build: BuildId): Attempt<Pick<Release, "resumed">> {
  const { generation } = feed.keyring.halt;
  const halt = activeHalts(feed.documents, ring, generation).find((one) => one.build === build);
  if (!halt) return fail("HALT_UNKNOWN", `Build ${build} is not halted in ${ring}: leave out --lift-halt.`);
  if (feed.documents.rings[ring].release) {
    const remedy = `lift the halt before, with \`vaultctl feed resume ${build} --ring ${ring}\``;
    return fail("BUILD_HALTED", `--lift-halt is for a ring that runs nothing yet: ${remedy}.`);
  }
  return ok({ resumed: [{ build, generation, seq: halt.seq }] });
}

/** The requested document, with the evidence of the previous one. */
function requestedRelease(transaction: FeedTransaction, order: ReleaseOrder, old: Release | undefined): Release {
  const { feed, now, policy } = transaction;
  const { ring, build } = order;
  return {
    ...releaseHeader(feed, ring, now),
    kind: "forward",
    build,
    from: [],
    fallback: fallbackFor(transaction, ring, build),
    basisPoints: order.basisPoints ?? stageAfter(ring, old?.basisPoints ?? 0, policy.policy),
    critical: order.critical ?? old?.critical ?? false,
    minSource: order.minSource ?? old?.minSource ?? ANY_VERSION,
    reason: order.reason ?? `Build ${build} for ${ring}`,
    verdictHash: old?.verdictHash ?? null,
    policyHash: old?.policyHash ?? null,
    flags: { ...feed.documents.rings[ring].release?.flags, ...order.flags },
    ...(old?.promotion ? { promotion: old.promotion } : {}),
  };
}

/** Adds new evidence to a document. Overrides that are not needed are left out, so that only needed ones are signed. */
async function withNewEvidence(
  transaction: FeedTransaction,
  order: ReleaseOrder,
  requested: Release,
  old: Release | undefined,
) {
  const { ring, reason } = requested;
  const evidence = await collectEvidence(transaction, { ...order, reason }, old);
  if (!evidence.ok) return evidence;
  const release = { ...requested, ...evidence.value };
  const { promotion } = evidence.value;
  const before = ringBefore(ring);
  if (before === undefined) return ok(release);
  const gate = old ? ring : before;
  const watched = transaction.feed.documents.rings[gate].release;
  const concerns = concernsOf({ ...transaction, ring, gate, watched, isNextShare: old !== undefined, next: release });
  const needed = new Set(concerns.map(({ override }) => override as string | undefined));
  const overrides = promotion.overrides.filter(({ code }) => needed.has(code));
  return ok({ ...release, promotion: { ...promotion, overrides } });
}

/** Changes signed feature flags of a ring without a new build. RING_EMPTY. */
export async function setFlags(
  transaction: FeedTransaction,
  ring: Ring,
  flags: Readonly<Record<string, boolean>>,
  reason: string,
): Promise<Attempt<TransactionResult>> {
  const { feed, now } = transaction;
  const old = feed.documents.rings[ring].release;
  if (!old) return fail("RING_EMPTY", `${ring} runs nothing yet: release a build first.`);
  const release: Release = { ...old, ...releaseHeader(feed, ring, now), reason, flags: { ...old.flags, ...flags } };
  const changed = Object.entries(flags).map(([name, on]) => `${name} ${on ? "on" : "off"}`);
  return submitDraft(
    transaction,
    draftOf(feed, `${ring}: ${changed.join(", ")}`, releaseDocuments(feed, release), now),
  );
}

/** The build for machines outside the share: the last build for all machines, if it may still be run. */
export function fallbackFor({ feed }: FeedTransaction, ring: Ring, build: BuildId): BuildId | null {
  const { release: old } = feed.documents.rings[ring];
  if (!old) return null;
  const stable = old.build === build || old.basisPoints < EVERYONE ? old.fallback : old.build;
  if (stable === null || stable === build) return null;
  const { security, builds } = feed.documents;
  const halted = activeHalts(feed.documents, ring, feed.keyring.halt.generation).some((halt) => halt.build === stable);
  const isBelow = (builds.get(stable)?.buildEpoch ?? -1) < security.buildFloor;
  return halted || isBelow || security.revokedBuilds.includes(stable) ? null : stable;
}
