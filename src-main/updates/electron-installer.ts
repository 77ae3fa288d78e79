import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AppUpdater, UpdateInfo } from "electron-updater";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { PackageKind } from "../../src-shared/updates/index.ts";
import type { Installer } from "./ports.ts";

type InstallRequest = Parameters<Installer["install"]>[0];

/** Members of electron-updater that its types do not declare. */
type UpdaterInternals = {
  httpExecutor: { download: (url: URL, to: string) => Promise<string> };
  readonly installerPath: string | null;
  quitAndInstallCalled: boolean;
  /** Absent on macOS, where the system's own updater installs. */
  readonly install?: (isSilent: boolean, isForceRunAfter: boolean) => boolean;
};

/** The one update for electron-updater, in the form it expects. */
type LocalUpdate = { readonly info: UpdateInfo; readonly url: URL };

export type ElectronInstallerOptions = {
  readonly kind: PackageKind;
  /** A folder of ours: electron-updater requires a settings file. */
  readonly folder: string;
  /** Creates the updater for a kind of package; the tests pass an app of their own. */
  readonly createUpdater?: (kind: PackageKind) => Promise<AppUpdater>;
  /** Ends the app, which the system's own installer restarts. */
  readonly end: () => void;
  /** Called after a failure, without its details: they could contain a path. */
  readonly failed: () => void;
};

/**
 * electron-updater as the installer only: it does not check, decide or download. It gets one verified file and copies
 * it to where it installs from; that copy is verified again. It is loaded when it is needed. `undefined`: it installs no
 * packages of this kind.
 */
export function createElectronInstaller(options: ElectronInstallerOptions): Installer | undefined {
  const { kind, createUpdater = updaterFor } = options;
  if (!INSTALLABLE.includes(kind)) return undefined;
  let created: Promise<AppUpdater> | undefined;
  return {
    async install(handover) {
      try {
        created ??= createUpdater(kind).then((updater) => tame(updater, options));
        const updater = await created;
        await prepare(updater, options, handover);
        return await startInstallation(updater, handover, options);
      } catch {
        // Whatever prevents electron-updater from installing the file, the app goes on unchanged.
        return err("NOT_INSTALLED");
      }
    },
  };
}

const INSTALLABLE: readonly PackageKind[] = ["appimage", "nsis", "dmg", ...macZip()];

// Squirrel.Mac installs from a zip; on other systems a zip is unpacked by hand.
function macZip(): PackageKind[] {
  return process.platform === "darwin" ? ["zip"] : [];
}

/** One class for each kind: electron-updater's own detection would treat an app without a package as an AppImage. */
async function updaterFor(kind: PackageKind): Promise<AppUpdater> {
  const { AppImageUpdater, MacUpdater, NsisUpdater } = await import("electron-updater");
  if (kind === "appimage") return new AppImageUpdater();
  return kind === "nsis" ? new NsisUpdater() : new MacUpdater();
}

function tame(updater: AppUpdater, { failed }: ElectronInstallerOptions): AppUpdater {
  updater.autoDownload = false;
  // Otherwise it would install without hashing again (the file may have changed since).
  updater.autoInstallOnAppQuit = false;
  updater.disableDifferentialDownload = true;
  updater.forceDevUpdateConfig = true;
  updater.logger = null;
  updater.on("error", failed);
  return updater;
}

async function prepare(
  updater: AppUpdater,
  { kind, folder }: ElectronInstallerOptions,
  { path, version, isOlder }: InstallRequest,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const settings = join(folder, "app-update.yml");
  await writeFile(settings, JSON.stringify({ provider: "custom", updaterCacheDirName: "usb-video-vault-updater" }));
  updater.updateConfigPath = settings;
  // Set for this one signed rollback; otherwise semver decides that an older version is never an update.
  updater.allowDowngrade = isOlder;
  const name = nameFor(kind, path);
  const file = { url: name, sha512: await sha512Of(path) };
  const info: UpdateInfo = { version, files: [file], path: name, sha512: file.sha512, releaseDate: "" };
  const local: LocalUpdate = { info, url: new URL(`local://update/${encodeURIComponent(name)}`) };
  updater.setFeedURL({ provider: "custom", updateProvider: await localProvider(local) });
  useVerifiedFile(updater, path);
  const found = await updater.checkForUpdates();
  if (!found?.isUpdateAvailable) throw new Error("electron-updater found no update in its input");
  await updater.downloadUpdate();
}

// electron-updater gives a new name to an AppImage with a version in its own: menus and links would lose it.
function nameFor(kind: PackageKind, path: string): string {
  const running = process.env["APPIMAGE"];
  return kind === "appimage" && running !== undefined ? basename(running) : basename(path);
}

/** The only "download": from the verified file to where electron-updater installs from. */
function useVerifiedFile(updater: AppUpdater, path: string): void {
  const internals = updater as unknown as UpdaterInternals;
  internals.httpExecutor = {
    async download(_url, to) {
      await copyFile(path, to);
      return to;
    },
  };
}

async function startInstallation(
  updater: AppUpdater,
  { isIntact }: InstallRequest,
  { end }: ElectronInstallerOptions,
): Promise<Result<undefined, "NOT_INSTALLED">> {
  const internals = updater as unknown as UpdaterInternals;
  const copy = internals.installerPath;
  // The kinds of packages here are started and moved without a shell, so any path will do.
  if (copy === null || !(await isIntact(copy))) return err("NOT_INSTALLED");
  // From here until the system has the file, nothing is awaited.
  if (!internals.install) {
    updater.quitAndInstall(true, true);
    return ok(undefined);
  }
  internals.quitAndInstallCalled = false;
  if (!internals.install(true, true)) return err("NOT_INSTALLED");
  end();
  return ok(undefined);
}

async function sha512Of(path: string): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(path), hash);
  return hash.digest("base64");
}

/** A provider that knows exactly one update, and finds it on this computer. */
async function localProvider({ info, url }: LocalUpdate) {
  const { Provider } = await import("electron-updater");
  return class extends Provider<UpdateInfo> {
    constructor(_options: unknown, _updater: AppUpdater, runtime: unknown) {
      super(runtime as never);
    }

    getLatestVersion() {
      return Promise.resolve(info);
    }

    resolveFiles() {
      return info.files.map((file) => ({ url, info: file }));
    }
  };
}
