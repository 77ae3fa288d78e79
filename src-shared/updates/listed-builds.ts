import type { Json } from "../encoding/strict-json.ts";
import type { Bytes } from "../units.ts";
import {
  type Architecture,
  type BuildFile,
  type BuildId,
  type PackageKind,
  parseBuildFile,
  type Platform,
  splitBuildPath,
} from "./build.ts";
import { NOTES_FILE } from "./notes.ts";

/** One target as the metadata of its role lists it: attacker-controlled except for its signature. */
export type ListedTarget = {
  readonly path: string;
  readonly length: Bytes;
  readonly sha256: string;
  readonly custom: Json;
};

/** A file of a build, with the length and hash that the metadata states. */
export type ListedFile = BuildFile & Omit<ListedTarget, "custom">;

export type ListedBuild = Pick<BuildFile, "buildId" | "version" | "buildEpoch"> & {
  readonly files: readonly ListedFile[];
};

export type ListedBuilds = ReadonlyMap<BuildId, ListedBuild>;

/** The system that the app runs on: the three properties that a file must match. */
export type PackageTarget = { readonly platform: Platform; readonly arch: Architecture; readonly kind: PackageKind };

/**
 * Groups the targets of the `builds` role. A build is left out completely if one of its files is not understood, if two
 * names differ only in case, or if its files disagree on version or epoch: half a build is not what was signed.
 */
export function listBuilds(targets: readonly ListedTarget[]): ListedBuilds {
  const files = new Map<BuildId, ListedFile[]>();
  const broken = new Set<BuildId>();
  const names = new Set<string>();
  for (const target of targets) {
    const location = splitBuildPath(target.path);
    if (!location || location.file === NOTES_FILE) continue;
    const file = readFile(target);
    const isRepeated = names.has(target.path.toLowerCase());
    names.add(target.path.toLowerCase());
    if (!file || isRepeated) broken.add(location.buildId);
    else files.set(location.buildId, [...(files.get(location.buildId) ?? []), file]);
  }
  const whole = [...files].filter(([id, ofBuild]) => !broken.has(id) && agree(ofBuild));
  return new Map(whole.map(([id, ofBuild]) => [id, toBuild(ofBuild)]));
}

function readFile({ path, length, sha256, custom }: ListedTarget): ListedFile | undefined {
  const file = parseBuildFile(path, custom);
  return file.ok ? { ...file.value, path, length, sha256 } : undefined;
}

function agree(files: readonly ListedFile[]): boolean {
  return files.every(({ version, buildEpoch }) => version === files[0]?.version && buildEpoch === files[0]?.buildEpoch);
}

function toBuild(files: readonly ListedFile[]): ListedBuild {
  const [{ buildId, version, buildEpoch }] = files as [ListedFile];
  return { buildId, version, buildEpoch, files };
}

/** The one file of a build that matches; `undefined` if there is none, or more than one. */
export function fileFor(build: ListedBuild, { platform, arch, kind }: PackageTarget): ListedFile | undefined {
  const fitting = build.files.filter((file) => file.platform === platform && file.arch === arch && file.kind === kind);
  return fitting.length === 1 ? fitting[0] : undefined;
}
