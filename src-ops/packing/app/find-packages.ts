import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { openPlainFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { type Attempt, fail } from "../../failure.ts";
import { checkPackageSum } from "../../package-sums.ts";
import type { AppPackage } from "./app-list.ts";

/** A package of the app on the publisher's computer. */
export type SourcePackage = AppPackage & { readonly path: string };

/** The packages of one version of the app. */
export type FoundApp = { readonly version: string; readonly packages: readonly SourcePackage[] };

/** What `npm run dist` calls the packages of the app; the publisher's tools have other names. */
const PACKAGE = /^usb-video-vault[-_](\d+\.\d+\.\d+)[-_][A-Za-z0-9._-]+\.(?:exe|zip|deb|rpm|AppImage|dmg|tar\.gz)$/;

/** The packages of one version of the app in a folder, with their hashes. NOT_FOUND, USAGE, PACKAGE_CHANGED. */
export async function findApp(folder: string, signal: AbortSignal): Promise<Attempt<FoundApp>> {
  const names = (await readdir(folder)).filter((name) => PACKAGE.test(name)).toSorted();
  const versions = [...new Set(names.map((name) => PACKAGE.exec(name)?.[1] as string))];
  const [version, ...others] = versions;
  if (version === undefined) {
    return fail("NOT_FOUND", `${folder} has no package of the app: name the folder that \`npm run dist\` has made.`);
  }
  if (others.length > 0) {
    return fail("USAGE", `${folder} has several versions (${versions.join(", ")}): leave only one in the folder.`);
  }
  const packages: SourcePackage[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const file = await openPlainFile(path);
    if (!file) return fail("NOT_FOUND", `${path} is not a plain file: copy the package itself into the folder.`);
    await file.handle.close();
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash, { signal });
    const digest = hash.digest();
    const same = await checkPackageSum(path, digest.toString("hex"));
    if (!same.ok) return same;
    packages.push({ name, path, size: file.size, sha256: toBase64url(digest) });
  }
  return ok({ version, packages });
}
