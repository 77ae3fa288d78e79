import type { Ring } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Validation } from "../../src-shared/rings/index.ts";
import { type BuildId, EVERYONE, type Release, type Version } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Concluded, conclude, type FeedDesk } from "./desk.ts";
import { standingHalt } from "./documents.ts";
import { draftOf, releaseDocuments, releaseHeader } from "./ring-draft.ts";
import { ringBefore, stageAfter } from "./rules.ts";
import { readVerdict } from "./validate.ts";

/** What a person asks for when a ring is to have a build. Members that are absent stay as they are in the ring. */
export type ReleaseOrder = {
  readonly ring: Ring;
  readonly build: BuildId;
  readonly basisPoints?: number | undefined;
  readonly critical?: boolean | undefined;
  readonly minSource?: Version | undefined;
  readonly reason?: string | undefined;
  readonly flags: Readonly<Record<string, boolean>>;
  /** The file in which the gate of the ring before, or of the stage before, says what it found. */
  readonly verdict?: string | undefined;
};

const ANY_VERSION = "0.0.0" as Version;

/** Lets a ring run a build: ring0 first, the same bytes in the next ring once they passed in the one before. */
export async function releaseBuild(desk: FeedDesk, order: ReleaseOrder): Promise<Attempt<Concluded>> {
  const { feed, now } = desk;
  const { ring, build } = order;
  const old = feed.documents.rings[ring].release;
  const isSame = old?.build === build && old.kind !== "rollback";
  const validation = await validationFor(desk, order, isSame ? ring : ringBefore(ring));
  if (!validation.ok) return validation;
  const { verdictHash = null, policyHash = null } = validation.value.named ?? {};
  const release: Release = {
    ...releaseHeader(feed, ring, now),
    kind: "forward",
    build,
    from: [],
    fallback: fallbackFor(desk, ring, build),
    basisPoints: order.basisPoints ?? stageAfter(ring, isSame ? old.basisPoints : 0),
    critical: order.critical ?? (isSame ? old.critical : false),
    minSource: order.minSource ?? (isSame ? old.minSource : ANY_VERSION),
    reason: order.reason ?? `Build ${build} for ${ring}`,
    verdictHash,
    policyHash,
    flags: { ...old?.flags, ...order.flags },
    ...(isSame && old.halt ? { halt: old.halt } : {}),
  };
  const summary = `${ring} runs ${build} for ${release.basisPoints / 100} % of its machines`;
  return conclude(desk, draftOf(feed, summary, releaseDocuments(feed, release, validation.value.fresh), now));
}

/** Turns signed switches of a ring without another build. RING_EMPTY. */
export async function turnFlags(
  desk: FeedDesk,
  ring: Ring,
  flags: Readonly<Record<string, boolean>>,
  reason: string,
): Promise<Attempt<Concluded>> {
  const { feed, now } = desk;
  const old = feed.documents.rings[ring].release;
  if (!old) return fail("RING_EMPTY", `${ring} runs nothing yet: release a build first.`);
  const release: Release = { ...old, ...releaseHeader(feed, ring, now), reason, flags: { ...old.flags, ...flags } };
  const turned = Object.entries(flags).map(([name, on]) => `${name} ${on ? "on" : "off"}`);
  return conclude(desk, draftOf(feed, `${ring}: ${turned.join(", ")}`, releaseDocuments(feed, release), now));
}

/** The build for those outside of the share: the last that everyone had, if it may still be run. */
export function fallbackFor({ feed }: FeedDesk, ring: Ring, build: BuildId): BuildId | null {
  const { release: old } = feed.documents.rings[ring];
  if (!old) return null;
  const stable = old.build === build || old.basisPoints < EVERYONE ? old.fallback : old.build;
  if (stable === null || stable === build) return null;
  const { security, builds, rings } = feed.documents;
  const halted = standingHalt(rings[ring], feed.keyring.halt.generation)?.build === stable;
  const isBelow = (builds.get(stable)?.buildEpoch ?? -1) < security.buildFloor;
  return halted || isBelow || security.revokedBuilds.includes(stable) ? null : stable;
}

type FoundValidation = { readonly named: Validation | undefined; readonly fresh: Validation | undefined };

// What is not found here is refused by the rules (`rules.ts`), which see every change.
async function validationFor(
  { feed, now }: FeedDesk,
  { build, verdict }: ReleaseOrder,
  gate: Ring | undefined,
): Promise<Attempt<FoundValidation>> {
  if (gate === undefined) return ok({ named: undefined, fresh: undefined });
  if (verdict === undefined) {
    const { validation } = feed.documents.rings[gate];
    return ok({ named: validation?.build === build ? validation : undefined, fresh: undefined });
  }
  const fresh = await readVerdict(verdict, gate, build, now);
  return fresh.ok ? ok({ named: fresh.value, fresh: fresh.value }) : fresh;
}
