// The whole app, wired on one page. Everything below is plain objects made here and handed on.
import { app, clipboard, crashReporter, ipcMain, nativeTheme, protocol, session as electronSession } from "electron";
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { APP_SCHEME, type EventName, type EventPayload, MEDIA_SCHEME, type Snapshot } from "../src-shared/ipc/index.ts";
import { hardwareOf } from "../src-shared/node/hardware.ts";
import { HOUR } from "../src-shared/units.ts";
import { PACKAGE_KINDS, SWITCHES, Version } from "../src-shared/updates/index.ts";
import { telemetryOfApp } from "./app-telemetry.ts";
import { gatherDiagnostics } from "./diagnostics/index.ts";
import { createHardwareSight } from "./hardware/index.ts";
import { openWatchHistory } from "./history/index.ts";
import { createHandlers, routeCalls } from "./ipc/index.ts";
import { parseLaunchOptions } from "./launch-options.ts";
import { createLedger, inspectLedger, nodeFileSteps } from "./ledger/index.ts";
import {
  createKeytarSecretStore,
  createLicenseDesk,
  createLicenseShelf,
  createRevocationLists,
  ringOf,
  wasActivated,
} from "./license/index.ts";
import { createLicenseOffers, listenToSystemLinks } from "./links/index.ts";
import { openLog } from "./log/index.ts";
import { answerMediaRequest, createMediaReader } from "./playback/index.ts";
import { createVaultSession } from "./session/index.ts";
import { openSettingsStore } from "./settings/index.ts";
import { keepHeapsSmall } from "./small-heaps.ts";
import { countCalls, heardBy, noteSeek, reportLicenses, watchProcesses } from "./telemetry/index.ts";
import { createTrust, trustRootsOf } from "./trust/index.ts";
import {
  createElectronInstaller,
  createUpdates,
  feedPlaceOf,
  installPlaceOf,
  openPendingFiles,
  openUpdateMemory,
  stickFeedOf,
} from "./updates/index.ts";
import { mountedRootsOf, watchVaults } from "./vault/index.ts";
import { answerAppRequest, createDialogs, hardenContents, hardenSession, openMainWindow } from "./windows/index.ts";

/** A stick that no longer answers must not keep the app from ending. */
const CLOSE_TIMEOUT_MS = 3_000;

const FIRST_LOOK_SECONDS = 5;

const now = () => Math.floor(Date.now() / 1000);

keepHeapsSmall((name, value) => app.commandLine.appendSwitch(name, value));
app.setName("USB Video Vault");
// A folder name without spaces, where log collectors look; `--user-data-dir` still moves it.
if (!app.commandLine.hasSwitch("user-data-dir"))
  app.setPath("userData", join(app.getPath("appData"), "usb-video-vault"));
// Minidumps stay on this computer, for the person to hand over or not.
crashReporter.start({ uploadToServer: false });
if (BUILD_RELEASE && app.commandLine.hasSwitch("remote-debugging-port")) app.exit(1);
if (!app.requestSingleInstanceLock()) app.exit(0);

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true } },
  { scheme: MEDIA_SCHEME, privileges: { standard: true, secure: true, stream: true, corsEnabled: true } },
]);
hardenContents();
const links = listenToSystemLinks();

// Not awaited at the top level: Electron is not ready before this module has ended.
void app.whenReady().then(start);

function start(): void {
  const data = app.getPath("userData");
  const settings = openSettingsStore(join(data, "settings.json"));
  nativeTheme.themeSource = settings.settings().appearance;

  // The window comes first: its process starts while the rest is wired. Its session lives in memory, so that nothing
  // that was watched is cached on disk.
  const viewer = electronSession.fromPartition("viewer");
  hardenSession(viewer);
  viewer.protocol.handle(APP_SCHEME, (request) =>
    answerAppRequest(request, join(import.meta.dirname, "..", "renderer")),
  );
  viewer.protocol.handle(MEDIA_SCHEME, async (request) => {
    const answer = await answerMediaRequest(request, vault.lookup);
    noteSeek(request, answer, telemetry.note);
    return answer;
  });
  const window = openMainWindow({
    session: viewer,
    preload: join(import.meta.dirname, "..", "preload", "preload.cjs"),
    devTools: !BUILD_RELEASE,
  });

  const options = parseLaunchOptions(process.argv);
  const logFolder = join(data, "logs");
  const fileLog = openLog(logFolder, () => new Date());
  const telemetry = telemetryOfApp({
    data,
    options,
    settings,
    log: fileLog,
    late: () => ({ desk, shelf, trust, ledger, stickRoot: vault.vault()?.root, downMs: processes.downMs() }),
  });
  const log = heardBy(telemetry, fileLog);
  const processes = watchProcesses({
    app,
    window,
    note: telemetry.note,
    log,
    monotonic: () => performance.now(),
    sinceStart: () => Date.now() - (process.getCreationTime() ?? Date.now()),
  });
  const appVersion = app.getVersion();
  const compiled = trustRootsOf(BUILD_PROFILE.roots, options.trust, BUILD_RELEASE);
  log("app.started", { version: appVersion, electron: process.versions.electron ?? "", roots: compiled.length });

  const shelf = createLicenseShelf(join(data, "licenses"));
  const secrets = createKeytarSecretStore();
  const ledgerPlace = { folder: join(data, "ledger"), secrets, files: nodeFileSteps };
  const ledger = createLedger({ ...ledgerPlace, wasActivated: hasTraces, log });
  const trust = createTrust({ compiled, path: join(data, "keys.uvvkeys"), ledger, now, log });
  const { roots } = trust;
  const revocations = createRevocationLists(join(data, "revocations.uvvrev"), roots);
  // While the window opens: the first question to the keychain is the slow one.
  void ledger.open();
  const hardware = createHardwareSight(hardwareOf(process.platform));
  const desk = createLicenseDesk({
    roots,
    shelf,
    revocations,
    secrets,
    ledger,
    hardware,
    now,
    appVersion,
    log,
    judged: reportLicenses(telemetry),
  });
  const reader = createMediaReader(join(import.meta.dirname, "media-worker.js"), () => processes.workerGone());
  const openHistory = (vaultId: string) => openWatchHistory(join(data, "history"), vaultId);
  const vault = createVaultSession({
    trust,
    desk,
    shelf,
    secrets,
    ledger,
    hardware,
    reader,
    openHistory,
    appVersion,
    now,
    log,
    changed,
    emit,
  });

  let shown: string = "no-stick";
  const updates = updatesOf();
  const closing = new AbortController();
  // The days that are left count down while the window stays open.
  const hourly = setInterval(changed, HOUR * 1000);
  closing.signal.addEventListener("abort", () => clearInterval(hourly), { once: true });
  const watch = watchVaults(mountedRootsOf(process.platform), options.vaults, vault.look, closing.signal);
  const { deviceKey } = desk;
  const areLinksOn = () => updates?.isOn("license-links") ?? SWITCHES["license-links"];
  const offers = createLicenseOffers({ roots, deviceKey, importLicense: vault.importLicense, areLinksOn, changed });
  const diagnostics = () =>
    gatherDiagnostics({
      logFolder,
      flushLog: fileLog.flush,
      electron: process.versions.electron ?? "",
      system: { name: process.platform, version: process.getSystemVersion(), architecture: process.arch },
      snapshot,
      session: vault,
      deviceKey,
      inspectLedger: (stick) => inspectLedger(ledgerPlace, stick),
    });
  const handlers = createHandlers({
    session: vault,
    settings,
    offers,
    proofs: shelf.proofs,
    diagnostics,
    copy: async (text) => clipboard.writeText(text),
    dialogs: createDialogs(() => window),
    updates,
    snapshot,
    watchFolder: watch.add,
    settingsChanged,
  });
  routeCalls(
    (channel, answer) =>
      ipcMain.handle(channel, ({ senderFrame }, input) =>
        answer(
          senderFrame && { url: senderFrame.url, isMainFrame: senderFrame === window.webContents.mainFrame },
          input,
        ),
      ),
    countCalls(handlers, telemetry.note),
    log,
  );

  // After the window: nobody waits for an update.
  updates?.start(FIRST_LOOK_SECONDS);
  telemetry.start(closing.signal);
  app.on("second-instance", () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  links.hear((incoming) => void offers.take(incoming));
  app.on("window-all-closed", () => app.quit());
  app.on("before-quit", () => closing.abort());
  app.on("will-quit", (event) => {
    event.preventDefault();
    // Handles closed and history written before the process ends; then straight out.
    const tooLong = setTimeout(end, CLOSE_TIMEOUT_MS);
    void Promise.allSettled([vault.close(), updates?.close(), telemetry.close()])
      .then(fileLog.flush, fileLog.flush)
      .finally(() => {
        clearTimeout(tooLong);
        end();
      });
  });

  // A keychain that waits for its password would hold an ordinary exit up for ever; everything is written by now.
  function end(): void {
    if (secrets.isWaiting()) process.kill(process.pid, "SIGKILL");
    app.exit(0);
  }

  /** `undefined`: this build has no feed, or no package is made for this system. */
  function updatesOf() {
    const feed = feedPlaceOf({ compiled: BUILD_PROFILE.feed, overrides: options, release: BUILD_RELEASE });
    const here = { platform: process.platform, arch: process.arch, resources: process.resourcesPath };
    const found = installPlaceOf({ ...here, environment: process.env });
    const version = v.safeParse(Version, appVersion);
    if (!feed || !found || !version.success) return undefined;
    const named = PACKAGE_KINDS.find((kind) => !BUILD_RELEASE && kind === options.packageKind);
    const place = { ...found, kind: named ?? found.kind };
    const folder = join(data, "updates");
    return createUpdates({
      ...feed,
      store: join(folder, "metadata"),
      stick: () => stickFeedOf(vault.vault()?.root),
      ledger,
      ring: async () => ringOf(await desk.judgeAnywhere(vault.vault()?.root)),
      app: { ...place, version: version.output, buildFloor: BUILD_PROFILE.buildFloor },
      memory: openUpdateMemory(join(folder, "memory.json")),
      pending: openPendingFiles(join(folder, "pending")),
      installer: createElectronInstaller({
        kind: place.kind,
        folder: join(folder, "installer"),
        restart: (again) => {
          if (again) app.relaunch();
          app.quit();
        },
        failed: () => undefined,
      }),
      takeKeys: trust.take,
      takeRevocations: async (text) => void (await desk.takeRevocations([text])),
      sha256: (bytes) => createHash("sha256").update(bytes).digest(),
      now,
      random: Math.random,
      log,
      changed,
    });
  }

  async function hasTraces() {
    return wasActivated(secrets, shelf, await trust.rootsAtHand());
  }

  function emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    if (window && !window.isDestroyed()) window.webContents.send(name, payload);
  }

  function changed(): void {
    const { stage } = vault.screen();
    if (stage === "catalog" && shown !== stage)
      telemetry.note({ kind: "operation", operation: "unlock", succeeded: true });
    shown = stage;
    const stick = vault.stick();
    const known = stick && settings.recent()[0]?.stickId === stick.stickId;
    if (stick && !known) void settings.remember(stick).then(() => emit("app.changed", snapshot()));
    emit("app.changed", snapshot());
  }

  function settingsChanged(): void {
    nativeTheme.themeSource = settings.settings().appearance;
    changed();
  }

  function snapshot(): Snapshot {
    const chosen = settings.settings();
    const system = app.getLocale().toLowerCase().startsWith("fr") ? "fr" : "en";
    const language = chosen.language === "system" ? system : chosen.language;
    return {
      screen: vault.screen(),
      recent: [...settings.recent()],
      settings: chosen,
      offer: offers.view(),
      now: now(),
      language,
      version: appVersion,
      updates: updates?.view() ?? null,
      support: BUILD_PROFILE.support,
    };
  }
}
