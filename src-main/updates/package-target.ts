import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ARCHITECTURES, type PackageKind, type PackageTarget, PLATFORMS } from "../../src-shared/updates/index.ts";

export type ProcessInfo = {
  readonly platform: string;
  readonly arch: string;
  /** The folder of the app's resources; a package or an installer puts the file `package-type` there. */
  readonly resources: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** What this app was installed from; `undefined` on a system for which there is no package. */
export function packageTargetOf(here: ProcessInfo): PackageTarget | undefined {
  const platform = PLATFORMS.find((one) => one === here.platform);
  const arch = ARCHITECTURES.find((one) => one === here.arch);
  return platform && arch && { platform, arch, kind: kindOf(platform, here) };
}

function kindOf(platform: PackageTarget["platform"], { resources, environment }: ProcessInfo): PackageKind {
  if (platform === "darwin") return "zip";
  const { kind, folder } = packageTypeIn(resources);
  if (platform === "win32") {
    if (environment["PORTABLE_EXECUTABLE_DIR"] !== undefined) return "portable";
    // The installer would not replace an unzipped app, or a copy of an installed one: it would install a second app.
    return kind === "nsis" && isSameFolder(folder, dirname(resources)) ? "nsis" : "zip";
  }
  if (environment["APPIMAGE"] !== undefined) return "appimage";
  return kind === "deb" ? "deb" : "tar.gz";
}

type PackageType = { readonly kind: string; readonly folder: string };

/** The kind, and for NSIS the folder of the installation, as build/packaging/ writes them. */
function packageTypeIn(resources: string): PackageType {
  try {
    const bytes = readFileSync(join(resources, "package-type"));
    const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-8";
    const [kind = "", folder = ""] = new TextDecoder(encoding).decode(bytes).split(/\r?\n/);
    return { kind: kind.trim(), folder };
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return { kind: "", folder: "" };
  }
}

/** Whether two paths lead to one folder, whatever the case, the short names and the links in them. */
function isSameFolder(one: string, other: string): boolean {
  try {
    return realpathSync.native(one) === realpathSync.native(other);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return one === other;
  }
}
