import { createHash } from "node:crypto";
import { basename } from "node:path";
import * as v from "valibot";
import { ok } from "../../src-shared/result.ts";
import {
  type Architecture,
  BuildId,
  type PackageKind,
  type Platform,
  Version,
} from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";

/** The machines that a file of a build is for. */
export type BuildKind = { readonly platform: Platform; readonly arch: Architecture; readonly kind: PackageKind };

const ENDINGS: readonly (readonly [RegExp, Partial<BuildKind>])[] = [
  [/\.deb$/i, { platform: "linux", kind: "deb" }],
  [/\.appimage$/i, { platform: "linux", kind: "appimage" }],
  [/\.tar\.gz$/i, { platform: "linux", kind: "tar.gz" }],
  [/\.dmg$/i, { platform: "darwin", kind: "dmg" }],
  [/portable.*\.exe$/i, { platform: "win32", kind: "portable" }],
  [/\.exe$/i, { platform: "win32", kind: "nsis" }],
  [/(?<![a-z])(?:mac|macos|darwin|osx)(?![a-z]).*\.zip$/i, { platform: "darwin", kind: "zip" }],
  [/(?<![a-z])(?:win|win32|win64|windows)(?![a-z]).*\.zip$/i, { platform: "win32", kind: "zip" }],
  [/\.zip$/i, { kind: "zip" }],
];

const ARCHITECTURES: readonly (readonly [RegExp, Architecture])[] = [
  [/(?<![a-z0-9])(?:x64|amd64|x86_64)(?![a-z0-9])/i, "x64"],
  [/(?<![a-z0-9])(?:arm64|aarch64)(?![a-z0-9])/i, "arm64"],
];

/** Finds the machines that a file is for from its name; members of `given` take precedence. BUILD_FILE_UNKNOWN. */
export function kindOfFile(path: string, given: Partial<BuildKind>): Attempt<BuildKind> {
  const name = basename(path);
  const ending = ENDINGS.find(([pattern]) => pattern.test(name))?.[1];
  const platform = given.platform ?? ending?.platform;
  const arch = given.arch ?? ARCHITECTURES.find(([pattern]) => pattern.test(name))?.[1];
  const kind = given.kind ?? ending?.kind;
  if (platform && arch && kind) return ok({ platform, arch, kind });
  const missing = [!platform && "--platform", !arch && "--arch", !kind && "--kind"].filter(Boolean).join(" and ");
  return fail("BUILD_FILE_UNKNOWN", `${name} does not show which machines it is for: add it alone, with ${missing}.`);
}

/** A name that is valid on every file system and every web server. */
export function feedNameOf(path: string): string {
  return basename(path)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|[._-]+$/g, "");
}

/** The id of a build, from its files: the same files always get the same id, and different files get different ids. */
export function buildIdOf(
  version: Version,
  files: readonly { readonly name: string; readonly sha256: string }[],
): BuildId {
  const lines = files.map(({ name, sha256 }) => `${sha256} ${name}\n`).toSorted();
  const digest = createHash("sha256").update(lines.join("")).digest("hex");
  return v.parse(BuildId, `${version}-${digest.slice(0, 12)}`);
}

// What `npm run dist` and the packer write beside the packages of the app.
const BY_PRODUCT = /\.(?:blockmap|ya?ml|json|txt|sha256|asc|sig|tgz)$|^SHA256SUMS$|ring-server/i;

/** Whether a file lies beside the packages of a build, and is none of them. */
export function isByProduct(path: string): boolean {
  return BY_PRODUCT.test(basename(path));
}

/** The versions that the names of files contain, each once. */
export function versionsNamedBy(paths: readonly string[]): readonly Version[] {
  const named = paths.flatMap((path) => /(?<![\d.])\d{1,5}\.\d{1,5}\.\d{1,5}(?!\d)/.exec(basename(path))?.[0] ?? []);
  return [...new Set(named)].filter((text): text is Version => v.is(Version, text));
}
