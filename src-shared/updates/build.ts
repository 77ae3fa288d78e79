import * as v from "valibot";
import type { Json } from "../encoding/strict-json.ts";
import { NonNegativeInteger } from "../integers.ts";
import { err, ok, type Result } from "../result.ts";

export const PLATFORMS = ["win32", "darwin", "linux"] as const;
export type Platform = (typeof PLATFORMS)[number];

export const ARCHITECTURES = ["x64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const PACKAGE_KINDS = ["deb", "appimage", "tar.gz", "nsis", "portable", "zip", "dmg"] as const;
export type PackageKind = (typeof PACKAGE_KINDS)[number];

// A valid folder name on every file system: lower case only, and no name that Windows reserves for a device.
const BUILD_ID = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const FILE_NAME = /^[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*$/;
const VERSION = /^(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})$/;

/** Identifies the same bytes in every ring: lower-case letters, digits and single `.`, `_`, `-` between them. */
export const BuildId = v.pipe(v.string(), v.maxLength(64), v.regex(BUILD_ID), v.brand("BuildId"));
export type BuildId = v.InferOutput<typeof BuildId>;

/** `major.minor.patch`, as in a license's `minApp`. */
export const Version = v.pipe(v.string(), v.regex(VERSION), v.brand("Version"));
export type Version = v.InferOutput<typeof Version>;

/** Rises with each build that must not be undone by a rollback; compared with the security floor. */
export const BuildEpoch = NonNegativeInteger;

const FileName = v.pipe(v.string(), v.maxLength(128), v.regex(FILE_NAME));

/** The `custom` member of a target under `builds/<buildId>/`, except the release notes. */
export const BuildFile = v.object({
  buildId: BuildId,
  version: Version,
  buildEpoch: BuildEpoch,
  platform: v.picklist(PLATFORMS),
  arch: v.picklist(ARCHITECTURES),
  kind: v.picklist(PACKAGE_KINDS),
});
export type BuildFile = v.InferOutput<typeof BuildFile>;

/** Reads the `custom` member of a build's target. `MALFORMED`: not in our form, or the path names another build. */
export function parseBuildFile(targetPath: string, custom: Json): Result<BuildFile, "MALFORMED"> {
  const file = v.safeParse(BuildFile, custom);
  const parts = splitBuildPath(targetPath);
  if (!file.success || !parts || parts.buildId !== file.output.buildId) return err("MALFORMED");
  return ok(file.output);
}

/** The two names in `builds/<buildId>/<file>`, or `undefined` if the path does not have this form. */
export function splitBuildPath(targetPath: string): { buildId: BuildId; file: string } | undefined {
  const [folder, buildId, file, ...more] = targetPath.split("/");
  if (folder !== "builds" || more.length > 0) return undefined;
  const id = v.safeParse(BuildId, buildId);
  const name = v.safeParse(FileName, file);
  return id.success && name.success ? { buildId: id.output, file: name.output } : undefined;
}
