import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import type { BuildId, FeedRole, Release } from "../../src-shared/updates/index.ts";
import { type AppliedDraft, type Draft, partsOf } from "./draft.ts";
import type { JudgedChange } from "./judge-change.ts";
import { changedKeyRoles } from "./judge-keys.ts";
import { targetsDifference } from "./judge-scope.ts";
import type { RoleKeys } from "./keyring.ts";
import type { Feed } from "./load-feed.ts";
import { hashOfTarget } from "./metadata.ts";
import type { TargetsRole } from "./roles.ts";

type Signatures = { readonly threshold: number; readonly of: number; readonly generation: number };
type RingSummary = Pick<Release, "build" | "kind" | "basisPoints">;

/** What a change changes in the published feed, for the people who sign it. */
export type ChangeDifference = {
  readonly kind: Draft["kind"];
  /** Whether it touches root or targets: the keys of all others, the security floor, the revoked builds. */
  readonly critical: boolean;
  readonly roles: readonly { readonly role: FeedRole; readonly before: number; readonly after: number }[];
  readonly keys: readonly {
    readonly role: FeedRole;
    readonly removed: readonly string[];
    readonly added: readonly string[];
    readonly before: Signatures;
    readonly after: Signatures;
  }[];
  readonly builds: readonly BuildId[];
  /** The files of the new builds. */
  readonly files: readonly { readonly path: string; readonly length: number; readonly sha256: string }[];
  readonly rings: readonly {
    readonly ring: Ring;
    readonly before: RingSummary | null;
    readonly after: RingSummary | null;
    /** The flags that the change turns. */
    readonly flags: Readonly<Record<string, boolean>>;
    /** The builds whose halts it lifts. */
    readonly lifted: readonly BuildId[];
    readonly reason: string;
  }[];
  /** The halts that it adds. */
  readonly halts: readonly { readonly ring: Ring; readonly build: BuildId; readonly reason: string }[];
  readonly security: { readonly buildFloor: number; readonly revoked: readonly BuildId[] } | null;
  /** The documents as their readers will get them: the summary in the file is not trustworthy. */
  readonly documents: readonly { readonly path: string; readonly text: string }[];
};

/** A line for people; `critical` ones are marked in red. */
export type DifferenceLine = { readonly text: string; readonly critical: boolean };

export function differenceOf(feed: Feed, draft: Draft, { after, step }: JudgedChange): ChangeDifference {
  const { keyrings } = step;
  return {
    kind: draft.kind,
    critical: draft.root !== undefined || draft.roles.has("targets"),
    roles: partsOf(draft).map(({ role, metadata }) => ({
      role,
      before: (role === "root" ? feed.root : feed.roles.get(role as TargetsRole))?.signed.version ?? 0,
      after: metadata.signed.version,
    })),
    keys: changedKeyRoles(keyrings.before, keyrings.after).map((role) => {
      const [old, next] = [keyrings.before[role], keyrings.after[role]];
      return {
        role,
        removed: keyidsOnlyIn(old, next),
        added: keyidsOnlyIn(next, old),
        before: signaturesOf(old),
        after: signaturesOf(next),
      };
    }),
    builds: [...after.documents.builds.keys()].filter((build) => !feed.documents.builds.has(build)),
    files: newFiles(feed, draft),
    rings: RINGS.flatMap((ring) => {
      const [old, next] = [feed.documents.rings[ring].release, after.documents.rings[ring].release];
      if (JSON.stringify(old) === JSON.stringify(next)) return [];
      const turned = Object.entries(next?.flags ?? {}).filter(([name, on]) => old?.flags[name] !== on);
      const flags = Object.fromEntries(turned);
      const lifted = liftedBy(old, next);
      return [{ ring, before: summaryOf(old), after: summaryOf(next), flags, lifted, reason: next?.reason ?? "" }];
    }),
    halts: draft.roles.has("halt") ? newHalts(feed, after) : [],
    security: securityOf(feed, after),
    documents: Array.from(draft.documents, ([path, bytes]) => ({ path, text: fromUtf8(bytes) ?? "?" })),
  };
}

/** The difference in lines, what touches root or targets first. */
export function describeDifference(difference: ChangeDifference): readonly DifferenceLine[] {
  const { kind, critical, roles, keys, builds, files, rings, documents } = difference;
  const versions = roles.map(({ role, before, after }) => {
    const text = `${role}: version ${before} becomes ${after}`;
    return role === "root" || role === "targets" ? danger(text) : plain(text);
  });
  const keyLines = keys.map(({ role, removed, added, before, after }) => {
    const ids = `${removed.join(", ")} is replaced by ${added.join(", ")}`;
    const needs = `${before.threshold} of ${before.of} becomes ${after.threshold} of ${after.of}`;
    // Every new key is listed by root or targets.
    return danger(`${role}: key ${ids}; signatures needed: ${needs}`);
  });
  const others = [
    ...builds.map((build) => `new build ${build}`),
    ...files.map(({ path, length, sha256 }) => `${path}: ${length} bytes, SHA-256 ${sha256}`),
    ...rings.map(({ ring, before, after }) => `${ring}: ${describeRing(before)} becomes ${describeRing(after)}`),
    ...rings.flatMap(({ ring, lifted }) => lifted.map((build) => `${ring}: build ${build} is no longer halted`)),
    ...documents.map(({ path, text }) => `${path}: ${text}`),
  ];
  const title = plain(`This change is about: ${kind}${critical ? "" : "; no key changes"}`);
  return [
    title,
    ...[...keyLines, ...versions].toSorted((a, b) => Number(b.critical) - Number(a.critical)),
    ...others.map(plain),
  ];
}

// A word as well as a colour: not every terminal, and not everyone, has colours.
const danger = (text: string): DifferenceLine => ({ text: `DANGER: ${text}`, critical: true });
const plain = (text: string): DifferenceLine => ({ text, critical: false });

function describeRing(release: RingSummary | null): string {
  return release ? `${release.kind} ${release.build} for ${release.basisPoints / 100} %` : "nothing";
}

function liftedBy(old: Release | undefined, next: Release | undefined): readonly BuildId[] {
  const known = new Set((old?.resumed ?? []).map((halt) => JSON.stringify(halt)));
  return (next?.resumed ?? []).filter((halt) => !known.has(JSON.stringify(halt))).map(({ build }) => build);
}

function newHalts({ documents }: Feed, after: AppliedDraft): ChangeDifference["halts"] {
  return RINGS.flatMap((ring) => {
    const known = documents.rings[ring].halts?.halts ?? [];
    const added = (after.documents.rings[ring].halts?.halts ?? []).filter(({ build, seq }) => {
      return !known.some((halt) => halt.build === build && halt.seq === seq);
    });
    return added.map(({ build, reason }) => ({ ring, build, reason }));
  });
}

function securityOf({ documents }: Feed, after: AppliedDraft): ChangeDifference["security"] {
  const [old, next] = [documents.security, after.documents.security];
  const revoked = next.revokedBuilds.filter((build) => !old.revokedBuilds.includes(build));
  return next.buildFloor === old.buildFloor && revoked.length === 0 ? null : { buildFloor: next.buildFloor, revoked };
}

function newFiles(feed: Feed, draft: Draft): ChangeDifference["files"] {
  const builds = draft.roles.get("builds")?.signed;
  if (!builds) return [];
  return targetsDifference(feed.roles.get("builds")?.signed, builds).set.flatMap((path) => {
    const target = builds.targets[path];
    return target && !draft.documents.has(path) ? [{ path, length: target.length, sha256: hashOfTarget(target) }] : [];
  });
}

function summaryOf(release: Release | undefined): RingSummary | null {
  return release ? { build: release.build, kind: release.kind, basisPoints: release.basisPoints } : null;
}

const signaturesOf = ({ threshold, keys, generation }: RoleKeys): Signatures => ({
  threshold,
  of: keys.length,
  generation,
});

function keyidsOnlyIn(one: RoleKeys, other: RoleKeys): readonly string[] {
  return one.keys.map(({ keyid }) => keyid).filter((keyid) => !other.keys.some((key) => key.keyid === keyid));
}
