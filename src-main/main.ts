// The whole app, wired on one page. Everything below is plain objects that are created here and passed on.
import { app, clipboard, nativeTheme } from "electron";
import { release } from "node:os";
import { join } from "node:path";
import type { EventName, EventPayload, Snapshot } from "../src-shared/ipc/index.ts";
import { hardwareOf } from "../src-shared/node/hardware.ts";
import { mountedRootsOf } from "../src-shared/node/mounted-roots.ts";
import type { SessionChange } from "../src-shared/telemetry/index.ts";
import { HOUR } from "../src-shared/units.ts";
import { SWITCHES } from "../src-shared/updates/index.ts";
import {
  createAppDiagnostics,
  createAppErrors,
  createAppFeedback,
  createAppTelemetry,
  createAppUpdates,
  createLicensing,
  endApp,
  focusOnSecondInstance,
  leaveUnwantedVariables,
  licensingPathsIn,
  openAppWindow,
  parseLaunchOptions,
  prepareApp,
  refuseUnknownSwitches,
  serveWindow,
  takeSnapshot,
} from "./app/index.ts";
import { createContentPacks } from "./content-pack/index.ts";
import { createHardwareFingerprint } from "./hardware/index.ts";
import { openViewing, openWatchHistory } from "./history/index.ts";
import { createHandlers } from "./ipc/index.ts";
import { nodeFileSteps as files } from "./ledger/index.ts";
import { createKeytarSecretStore } from "./license/index.ts";
import { createLicenseOffers, listenToSystemLinks } from "./links/index.ts";
import { type Log, openLog } from "./log/index.ts";
import { createElectronHttpClient, openNetworkSession } from "./network/index.ts";
import { answerMediaRequest, createMediaReader } from "./playback/index.ts";
import { createVaultSession } from "./session/index.ts";
import { openSettingsStore } from "./settings/index.ts";
import { countCalls, countLogEvents, noteSeek, reportLicenses, watchProcesses } from "./telemetry/index.ts";
import { trustRootsOf } from "./trust/index.ts";
import type { UpdatePorts } from "./updates/index.ts";
import { createStickReader, watchVaults } from "./vault/index.ts";
import { canBlockCaptures, createCaptureBlock, createDialogs } from "./windows/index.ts";

const FIRST_CHECK_SECONDS = 5;

const now = () => Math.floor(Date.now() / 1000);

// Before anything else.
refuseUnknownSwitches();
leaveUnwantedVariables();
const mayStart = prepareApp();
const links = listenToSystemLinks();
const options = parseLaunchOptions(process.argv);
const data = app.getPath("userData");
const logFolder = join(data, "logs");
const fileLog = openLog(logFolder, () => new Date());
let log: Log = fileLog;
const errors = createAppErrors({ log: (...line) => log(...line), isAfterFailure: options.isAfterFailure });

// Not awaited at the top level: Electron is not ready before this module has been evaluated.
if (mayStart) void app.whenReady().then(start).catch(errors.from("start"));

function start(): void {
  const settings = openSettingsStore(join(data, "settings.json"));
  nativeTheme.themeSource = settings.settings().appearance;

  // The window comes first: its process starts while the rest is being wired.
  const window = openAppWindow(async (request) => {
    const response = await answerMediaRequest(request, vault.lookup);
    noteSeek(request, response, telemetry.note);
    return response;
  });

  const http = createElectronHttpClient(openNetworkSession);
  const services = () => ({ licensing, stickRoot: stickRoot(), downMs: processes.downMs() });
  const failed = errors.from("telemetry");
  const telemetry = createAppTelemetry({ data, options, settings, http, log: fileLog, changed, failed, services });
  log = countLogEvents(telemetry, fileLog);
  const processes = watchProcesses({
    app,
    window,
    note: telemetry.note,
    report: telemetry.reportCrash,
    log,
    monotonic: () => performance.now(),
    sinceStart: () => Date.now() - (process.getCreationTime() ?? Date.now()),
  });
  const appVersion = app.getVersion();
  const compiled = trustRootsOf(BUILD_PROFILE.roots, options.trust, BUILD_RELEASE);
  log("app.started", { version: appVersion, electron: process.versions.electron ?? "", roots: compiled.length });

  const secrets = createKeytarSecretStore();
  const hardware = createHardwareFingerprint(hardwareOf(process.platform));
  const paths = licensingPathsIn(data);
  const report = reportLicenses(telemetry);
  // One of them may contain an enrolment, which is an invitation.
  const licensesChanged = () => void telemetry.lookForInvitation();
  const judged: typeof report = (licenses, tookMs) => {
    report(licenses, tookMs);
    licensesChanged();
  };
  const licensing = createLicensing({
    paths,
    compiled,
    secrets,
    files,
    hardware,
    appVersion,
    now,
    log,
    judged,
    licensesChanged,
  });
  // Started while the window opens: the first access to the keychain is slow.
  void licensing.ledger.open();
  const vault = createVaultSession({
    ...licensing,
    sticks: createStickReader(join(import.meta.dirname, "stick-worker.js"), errors.from("vault-watch")),
    reader: createMediaReader(join(import.meta.dirname, "media-worker.js"), errors.from("media-worker")),
    recent: settings.recent,
    openHistory: (vaultId) => openWatchHistory(join(data, "history"), vaultId),
    blockCaptures: createCaptureBlock(window),
    canBlockCaptures: canBlockCaptures(process.platform, release()),
    openViewing: (vaultId) => openViewing(join(data, "viewing"), vaultId),
    appVersion,
    now,
    log,
    changed,
    emit,
  });

  let shown: string = "no-stick";
  const step: UpdatePorts["step"] = (...reached) => void telemetry.reachStep(...reached);
  const updatePorts = { stickRoot, now, log, changed, step, failed: errors.from("updates") };
  const updates = createAppUpdates({ data, options, licensing, http, ...updatePorts });
  const closing = new AbortController();
  // Updates the number of days left while the window stays open.
  const hourly = setInterval(changed, HOUR * 1000);
  closing.signal.addEventListener("abort", () => clearInterval(hourly), { once: true });
  const mounted = mountedRootsOf(process.platform);
  const failedScan = errors.from("vault-watch");
  const watch = watchVaults(mounted, options.vaults, vault.updateCandidates, failedScan, closing.signal);
  const offers = createLicenseOffers({
    roots: licensing.trust.roots,
    deviceKey: licensing.licenseService.deviceKey,
    importLicense: vault.importLicense,
    areLinksOn: () => updates?.isOn("license-links") ?? SWITCHES["license-links"],
    changed,
  });
  const packs = createContentPacks({
    trust: licensing.trust,
    head: licensing.ledger.head,
    stickWith: vault.stickWith,
    hasStick: () => vault.sticks().length > 0,
    reopen: vault.reopen,
    log,
    changed,
    failed: errors.from("content-pack"),
  });
  const openPackFile = (path: string) => void packs.receive(path).catch(errors.from("content-pack"));
  const reported = { logFolder, flushLog: fileLog.flush, snapshot, errors, session: vault, licensing };
  const diagnostics = createAppDiagnostics({ ...reported, ledgerFolder: paths.ledger, files });
  const feedback = createAppFeedback({ data, telemetry, diagnostics, changed });
  const handlers = createHandlers({
    session: vault,
    settings,
    offers,
    packs,
    proofs: licensing.licenseStore.proofs,
    diagnostics,
    copy: async (text) => clipboard.writeText(text),
    dialogs: createDialogs(() => window),
    updates,
    telemetry,
    feedback,
    snapshot,
    errors,
    watchFolder: watch.add,
    settingsChanged,
  });
  serveWindow(window, countCalls(handlers, noteUse), {
    log,
    unexpected: (thrown, call) => errors.record("ipc", thrown, call),
    givenPack: openPackFile,
  });
  errors.subscribe(({ source }) => {
    if (source === "uncaught") telemetry.note({ kind: "crash", process: "main" });
    if (source === "media-worker") processes.workerGone();
    changed();
  });

  // Runs after the window is open: nobody waits for an update.
  updates?.start(FIRST_CHECK_SECONDS);
  telemetry.start(closing.signal);
  focusOnSecondInstance(window);
  links.subscribe((incoming) =>
    incoming.kind === "pack" ? openPackFile(incoming.path) : void offers.receive(incoming),
  );
  endApp({
    closing,
    close: () =>
      Promise.allSettled([packs.stop().then(vault.close), updates?.close(), feedback.close().then(telemetry.close)]),
    flushLog: fileLog.flush,
    isKeychainWaiting: secrets.isWaiting,
  });

  function stickRoot(): string | undefined {
    return vault.vault()?.root;
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
    const [last] = settings.recent();
    const known = last?.stickId === stick?.stickId && (stick?.titles ?? last?.titles) === last?.titles;
    if (stick && !known) void settings.remember(stick).then(() => emit("app.changed", snapshot()));
    emit("app.changed", snapshot());
  }

  // After a video a pilot may be asked for an opinion.
  function noteUse(change: SessionChange): void {
    telemetry.note(change);
    if (change.kind === "operation" && change.operation === "play") changed();
  }

  function settingsChanged(): void {
    nativeTheme.themeSource = settings.settings().appearance;
    changed();
  }

  function snapshot(): Snapshot {
    return takeSnapshot({ session: vault, settings, offers, packs, updates, telemetry, feedback, errors, now });
  }
}
