import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ARCHITECTURES, type PackageKind, type PackageTarget, PLATFORMS } from "../../src-shared/updates/index.ts";

export type ProcessInfo = {
  readonly platform: string;
  readonly arch: string;
  /** The folder of the app's resources; a package puts the file `package-type` there. */
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
  if (platform === "win32") return environment["PORTABLE_EXECUTABLE_DIR"] === undefined ? "nsis" : "portable";
  if (environment["APPIMAGE"] !== undefined) return "appimage";
  return packageTypeIn(resources) === "deb" ? "deb" : "tar.gz";
}

function packageTypeIn(resources: string): string {
  try {
    return readFileSync(join(resources, "package-type"), "utf8").trim();
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return "";
  }
}
