import { Metadata, type TargetFile } from "@tufjs/models";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { ok } from "../../src-shared/result.ts";
import {
  type BuildFile,
  type BuildId,
  notesPath,
  type ReleaseNotes,
  splitBuildPath,
  type Version,
} from "../../src-shared/updates/index.ts";
import { GIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { type BuildKind, buildIdOf, feedNameOf, kindOfFile } from "./build-file.ts";
import { judgeListing } from "./build-rules.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { nextTargets, targetFrom, targetOf } from "./metadata.ts";
import { targetFileNames } from "./feed-paths.ts";
import { checkPackageSum } from "../package-sums.ts";
import { type Hashed, hashFile, storeFile } from "./store-build-file.ts";

export type BuildOrder = {
  readonly files: readonly string[];
  readonly version: Version;
  /** The highest epoch so far, by default. */
  readonly buildEpoch?: number | undefined;
  /** The kind of machine, if the file names do not contain it. */
  readonly given: Partial<BuildKind>;
  readonly notes: ReleaseNotes | undefined;
};

export type AddedBuild = TransactionResult & { readonly build: BuildId; readonly files: readonly string[] };

type Source = Hashed & { readonly path: string; readonly name: string; readonly kind: BuildKind };

// The limit of FAT32: the feed must fit onto a stick.
const MAX_FILE_BYTES = 4 * GIB - 1;

/**
 * Adds the files of a build; its id is derived from their hashes. BUILD_FILE_UNKNOWN, BUILD_EXISTS, BUILD_BELOW_FLOOR,
 * PACKAGE_CHANGED.
 */
export async function addBuild(
  transaction: FeedTransaction,
  order: BuildOrder,
  signal: AbortSignal,
): Promise<Attempt<AddedBuild>> {
  const sources = await inspect(order, signal);
  if (!sources.ok) return sources;
  const build = buildIdOf(order.version, sources.value);
  const buildEpoch = order.buildEpoch ?? highestEpoch(transaction);
  const judged = judgeBuild(transaction, { version: order.version, buildEpoch }, build);
  if (!judged.ok) return judged;
  const targets = new Map<string, TargetFile>();
  for (const source of sources.value) {
    const path = `builds/${build}/${source.name}`;
    if (!splitBuildPath(path) || targets.has(path)) {
      return fail(
        "BUILD_FILE_UNKNOWN",
        `${source.path}: its name is not possible in a feed or is already used: rename it.`,
      );
    }
    const stored = await storeFile(
      source.path,
      source,
      transaction.feed.folder,
      targetFileNames(path, source.sha256),
      signal,
    );
    if (!stored.ok) return stored;
    const { version } = order;
    const custom: BuildFile = { buildId: build, version, buildEpoch, ...source.kind };
    targets.set(path, targetFrom(path, source.length, source.sha256, custom));
  }
  const documents = new Map<string, Uint8Array>();
  if (order.notes) {
    const notes = utf8(JSON.stringify(order.notes));
    targets.set(notesPath(build), targetOf(notesPath(build), notes));
    documents.set(notesPath(build), notes);
  }
  const { feed, now } = transaction;
  const builds = new Metadata(nextTargets("builds", feed.roles.get("builds")?.signed, now, { targets }));
  const summary = `build ${build}: version ${order.version}, epoch ${buildEpoch}, ${sources.value.length} files`;
  const result = await submitDraft(transaction, {
    kind: "builds",
    summary,
    root: undefined,
    roles: new Map([["builds", builds]]),
    documents,
  });
  return result.ok ? ok({ ...result.value, build, files: [...targets.keys()] }) : result;
}

async function inspect({ files, given }: BuildOrder, signal: AbortSignal): Promise<Attempt<readonly Source[]>> {
  const sources: Source[] = [];
  for (const path of files) {
    const kind = kindOfFile(path, given);
    if (!kind.ok) return kind;
    const hashed = await hashFile(path, signal);
    if (!hashed.ok) return hashed;
    const same = await checkPackageSum(path, hashed.value.sha256);
    if (!same.ok) return same;
    if (hashed.value.length === 0 || hashed.value.length > MAX_FILE_BYTES) {
      return fail("SOURCE_UNREADABLE", `${path} must have 1 byte to 4 GiB: FAT32 sticks do not hold larger files.`);
    }
    sources.push({ ...hashed.value, path, name: feedNameOf(path), kind: kind.value });
  }
  const machines = sources.map(({ kind }) => `${kind.platform} ${kind.arch} ${kind.kind}`);
  const twice = machines.find((machine, i) => machines.indexOf(machine) !== i);
  return twice === undefined ? ok(sources) : fail("BUILD_FILE_UNKNOWN", `Two files are for ${twice}: name only one.`);
}

function judgeBuild(
  { feed }: FeedTransaction,
  { version, buildEpoch }: { readonly version: Version; readonly buildEpoch: number },
  build: BuildId,
): Attempt<undefined> {
  const { builds, security } = feed.documents;
  if (builds.has(build)) return fail("BUILD_EXISTS", `Build ${build} is already in the feed: release it.`);
  const listing = judgeListing({ id: build, version, buildEpoch }, builds);
  if (!listing.ok) return listing;
  if (buildEpoch >= security.buildFloor) return ok(undefined);
  return fail(
    "BUILD_BELOW_FLOOR",
    `The security floor is ${security.buildFloor}: nobody would install epoch ${buildEpoch}.`,
  );
}

function highestEpoch({ feed }: FeedTransaction): number {
  const { builds, security } = feed.documents;
  return Math.max(1, security.buildFloor, ...Array.from(builds.values(), ({ buildEpoch }) => buildEpoch));
}
