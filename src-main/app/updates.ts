// Wires updates for this app.
import { app } from "electron";
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import type { HttpClient } from "../../src-shared/node/http-client.ts";
import { PACKAGE_KINDS, type PackageKind, Version } from "../../src-shared/updates/index.ts";
import type { LaunchOptions } from "./launch-options.ts";
import type { Licensing } from "./licensing.ts";
import { ringOf } from "../license/index.ts";
import {
  createDebianInstaller,
  createElectronInstaller,
  createDownloadHashRecorder,
  createUpdates,
  feedLocationOf,
  packageTargetOf,
  openPendingFiles,
  openUpdateMemory,
  stickFeedOf,
  type Installer,
  type UpdatePorts,
  type Updates,
} from "../updates/index.ts";

export type AppUpdatesPorts = Pick<UpdatePorts, "now" | "log" | "changed" | "step" | "failed"> & {
  readonly data: string;
  readonly options: LaunchOptions;
  readonly licensing: Licensing;
  readonly http: HttpClient;
  /** Root folder of the connected stick. */
  readonly stickRoot: () => string | undefined;
};

/** The updates of this app. `undefined`: this build has no feed, or there is no package for this system. */
export function createAppUpdates({
  data,
  options,
  licensing,
  http,
  stickRoot,
  log,
  ...ports
}: AppUpdatesPorts): Updates | undefined {
  const { ledger, trust, licenseService } = licensing;
  const feed = feedLocationOf({ compiled: BUILD_PROFILE.feed, overrides: options, release: BUILD_RELEASE, http });
  const here = { platform: process.platform, arch: process.arch, resources: process.resourcesPath };
  const found = packageTargetOf({ ...here, environment: process.env });
  const version = v.safeParse(Version, app.getVersion());
  if (!feed || !found || !version.success) return undefined;
  const named = PACKAGE_KINDS.find((kind) => !BUILD_RELEASE && kind === options.packageKind);
  const target = { ...found, kind: named ?? found.kind };
  const folder = join(data, "updates");
  const downloads = createDownloadHashRecorder();
  const stickFeed = () => {
    const source = stickFeedOf(stickRoot());
    return source && downloads.recording(source);
  };
  return createUpdates({
    ...feed,
    ...ports,
    ledger,
    store: join(folder, "metadata"),
    web: feed.web && downloads.recording(feed.web),
    stick: stickFeed,
    log: downloads.withHashes(log),
    ring: async () => ringOf(await licenseService.judgeForAnyStick(stickRoot())),
    app: { ...target, version: version.output, buildFloor: BUILD_PROFILE.buildFloor },
    memory: openUpdateMemory(join(folder, "memory.json")),
    pending: openPendingFiles(join(folder, "pending")),
    installer:
      target.kind === "deb"
        ? createDebianInstaller({ restart })
        : electronInstaller(target.kind, join(folder, "installer")),
    applyKeys: trust.apply,
    applyRevocations: async (text) => void (await licenseService.applyRevocations([text])),
    sha256: (bytes) => createHash("sha256").update(bytes).digest(),
    random: Math.random,
  });
}

function restart(): void {
  app.relaunch();
  app.quit();
}

function electronInstaller(kind: PackageKind, folder: string): Installer | undefined {
  return createElectronInstaller({ kind, folder, end: () => app.quit(), failed: () => undefined });
}
