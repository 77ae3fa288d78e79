import type { Targets } from "@tufjs/models";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { NOTES_FILE, SECURITY_PATH, splitBuildPath } from "../../src-shared/updates/index.ts";
import { DAY, type UnixSeconds } from "../../src-shared/units.ts";
import { validationPath } from "../gates/index.ts";
import type { Attempt } from "../failure.ts";
import { buildIdOf } from "./build-file.ts";
import { canonicalJson } from "./canonical.ts";
import { type AppliedDraft, type Draft, partsOf } from "./draft.ts";
import { exceeds, judgeKeys } from "./judge-keys.ts";
import type { Feed } from "./load-feed.ts";
import { hashOfTarget, sha256Hex, SPEC_VERSION } from "./metadata.ts";
import { ringBefore } from "./promotion/index.ts";
import { lifetimeOf, TARGETS_ROLES, type TargetsRole } from "./roles.ts";

const MEMBERS: ReadonlySet<string> = new Set(["_type", "spec_version", "version", "expires", "targets", "delegations"]);

type Verdict = Attempt<undefined>;
type Base = Pick<Feed, "root" | "roles" | "keyring" | "dev" | "documents">;

/** The targets of a role that a change adds, changes and removes. */
type TargetsDifference = { readonly set: readonly string[]; readonly removed: readonly string[] };

const ROLES_OF_KIND: Readonly<Record<Draft["kind"], readonly TargetsRole[]>> = {
  ring: RINGS,
  builds: ["builds"],
  halt: ["halt"],
  lists: ["lists"],
  security: ["targets"],
  keys: TARGETS_ROLES,
  refresh: TARGETS_ROLES,
};

/**
 * Refuses a change that contains more than its kind: other roles, keys, thresholds, delegations, targets, or members that
 * vaultctl does not write. Everything is compared with the published feed. CHANGE_EXCEEDS_KIND.
 */
export function judgeScope(base: Base, draft: Draft, after: AppliedDraft, now: UnixSeconds): Verdict {
  const { kind } = draft;
  if (draft.root && kind !== "keys" && kind !== "refresh") return exceeds("it has a new root");
  const foreign = [...draft.roles.keys()].find((role) => !ROLES_OF_KIND[kind].includes(role));
  if (foreign !== undefined) return exceeds(`it changes ${foreign}, but it says that it is about ${kind}`);
  // A refresh without people renews only snapshot and timestamp.
  if (kind !== "refresh" && partsOf(draft).length === 0) return exceeds("it changes nothing");
  const checks = [
    () => judgeForm(draft, now),
    () => judgeKeys(base, draft, after, now),
    () => judgeTargets(base, draft, after),
    () => judgeDocuments(base, draft),
  ];
  for (const check of checks) {
    const verdict = check();
    if (!verdict.ok) return verdict;
  }
  return ok(undefined);
}

/** What a change does to the targets of one role. */
export function targetsDifference(before: Targets | undefined, after: Targets): TargetsDifference {
  const old = before?.targets ?? {};
  const paths = Object.entries(after.targets);
  return {
    set: paths.flatMap(([path, target]) => {
      const was = old[path];
      return was && canonicalJson(was.toJSON()) === canonicalJson(target.toJSON()) ? [] : [path];
    }),
    removed: Object.keys(old).filter((path) => !(path in after.targets)),
  };
}

// Metadata with the members that vaultctl writes, and no others: a reader of tomorrow could give them a meaning.
function judgeForm(draft: Draft, now: UnixSeconds): Verdict {
  for (const { role, metadata } of partsOf(draft)) {
    const { signed } = metadata;
    // The root is compared with a new one as a whole (`judge-keys.ts`).
    const isPlain = role === "root" || Object.keys(signed.toJSON()).every((name) => MEMBERS.has(name));
    if (!isPlain || Object.keys(metadata.unrecognizedFields).length > 0 || signed.specVersion !== SPEC_VERSION) {
      return exceeds(`its ${role} metadata have unknown members`);
    }
    const latest = now + lifetimeOf(role) + DAY;
    if (!(Date.parse(signed.expires) / 1000 <= latest)) return exceeds(`its ${role} metadata are valid for too long`);
  }
  for (const [role, { signed }] of draft.roles) {
    if (role !== "targets" && signed.delegations) return exceeds(`its ${role} metadata delegate to others`);
    for (const target of Object.values(signed.targets)) {
      const { custom: _, ...others } = target.unrecognizedFields;
      if (Object.keys(others).length > 0 || Object.keys(target.hashes).join(" ") !== "sha256") {
        return exceeds(`its ${role} metadata have unknown members`);
      }
    }
  }
  return ok(undefined);
}

function judgeTargets(base: Base, draft: Draft, after: AppliedDraft): Verdict {
  for (const [role, { signed }] of draft.roles) {
    const { set, removed } = targetsDifference(base.roles.get(role)?.signed, signed);
    if (removed.length > 0) return exceeds(`it removes ${removed.join(", ")}`);
    const forbidden = set.find((path) => !maySet(base, draft, role, path));
    if (forbidden !== undefined) return exceeds(`it changes ${forbidden}`);
    if (set.length === 0 && draft.kind !== "refresh" && draft.kind !== "keys") return exceeds(`it only renews ${role}`);
  }
  if (draft.kind === "builds") return judgeBuildIds(draft, after);
  if (draft.kind === "keys") {
    const voided = judgeVoidedHalts(base, after);
    if (!voided.ok) return voided;
  }
  return draft.kind === "ring" || draft.kind === "keys" ? judgeRings(base, draft, after) : ok(undefined);
}

// With a new halt key, security.json may declare the halts of the former ones void, and change in nothing else.
function judgeVoidedHalts({ documents, keyring }: Base, after: AppliedDraft): Verdict {
  const [old, next] = [documents.security, after.documents.security];
  const { generation } = after.keyring.halt;
  const isUnchanged = canonicalJson(old) === canonicalJson(next);
  const isVoided =
    generation > keyring.halt.generation &&
    canonicalJson({ ...old, seq: old.seq + 1, haltGeneration: generation }) === canonicalJson(next);
  return isUnchanged || isVoided ? ok(undefined) : exceeds("it changes security.json");
}

// Rings and people name a build by its id alone, so the id must stand for the bytes of all its files.
function judgeBuildIds({ roles }: Draft, { documents }: AppliedDraft): Verdict {
  const targets = roles.get("builds")?.signed.targets ?? {};
  for (const { id, version, files } of documents.builds.values()) {
    const listed = files.map(({ path }) => {
      const target = targets[path];
      return { name: splitBuildPath(path)?.file ?? "", sha256: target ? hashOfTarget(target) : "" };
    });
    if (buildIdOf(version, listed) !== id) return exceeds(`the files of build ${id} do not have this id`);
  }
  return ok(undefined);
}

function maySet(base: Base, { kind }: Draft, role: TargetsRole, path: string): boolean {
  const isNew = !(path in (base.roles.get(role)?.signed.targets ?? {}));
  switch (kind) {
    case "ring":
    case "halt":
    case "lists":
      return true;
    case "builds":
      return isNew;
    case "security":
      return path === SECURITY_PATH;
    case "keys":
      // New keys restart the counters of a role's documents. A new halt key may come with the end of all former halts.
      return !isNew && role !== "builds" && role !== "lists";
    case "refresh":
      return false;
  }
}

// A promotion changes one ring; the ring before it may only say that the build passed there. The list of the builds that
// a ring was offered opens the next ring and rollbacks, so it grows by the released build alone.
function judgeRings(base: Base, { kind, roles }: Draft, after: AppliedDraft): Verdict {
  const released: Ring[] = [];
  const validated: Ring[] = [];
  for (const ring of RINGS) {
    const metadata = roles.get(ring);
    if (!metadata) continue;
    const { set } = targetsDifference(base.roles.get(ring)?.signed, metadata.signed);
    const isReleased = set.some((path) => path !== validationPath(ring));
    (isReleased ? released : validated).push(ring);
    const [old, next] = [base.documents.rings[ring], after.documents.rings[ring]];
    if (kind === "keys") {
      const isSame = canonicalJson({ ...old.release, seq: 1 }) === canonicalJson({ ...next.release, seq: 1 });
      const isKept =
        canonicalJson([old.offered, old.validation ?? null]) === canonicalJson([next.offered, next.validation ?? null]);
      if (!isKept || (old.release && !isSame)) return exceeds(`it changes what ${ring} runs`);
      continue;
    }
    const build = next.release?.build;
    const grown = build === undefined || old.offered.includes(build) ? old.offered : [...old.offered, build];
    if (canonicalJson(next.offered) !== canonicalJson(isReleased ? grown : old.offered)) {
      return exceeds(`it changes the builds that ${ring} was offered`);
    }
  }
  if (kind === "keys") return ok(undefined);
  const [ring] = released;
  if (released.length > 1) return exceeds(`it changes ${released.join(" and ")}`);
  if (ring === undefined)
    return validated.length > 1 ? exceeds(`it changes ${validated.join(" and ")}`) : ok(undefined);
  const other = validated.find((name) => name !== ringBefore(ring));
  return other === undefined ? ok(undefined) : exceeds(`it changes ${other} as well as ${ring}`);
}

// People are shown the documents in the change. So each new one must be there, not only its hash.
function judgeDocuments(base: Base, draft: Draft): Verdict {
  for (const [role, { signed }] of draft.roles) {
    for (const path of targetsDifference(base.roles.get(role)?.signed, signed).set) {
      const target = signed.targets[path];
      const content = draft.documents.get(path);
      if (role === "builds" && content === undefined && isBuildFile(path)) continue;
      if (!target || !content || sha256Hex(content) !== hashOfTarget(target) || content.length !== target.length) {
        return exceeds(`it does not show ${path}`);
      }
    }
  }
  return ok(undefined);
}

function isBuildFile(path: string): boolean {
  const parts = splitBuildPath(path);
  return parts !== undefined && parts.file !== NOTES_FILE;
}
