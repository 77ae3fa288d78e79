// The whole app, wired on one page. Everything below is plain objects made here and handed on.
import { app, clipboard, ipcMain, nativeTheme } from "electron";
import { join } from "node:path";
import type { EventName, EventPayload, Snapshot } from "../src-shared/ipc/index.ts";
import { hardwareOf } from "../src-shared/node/hardware.ts";
import type { SessionChange } from "../src-shared/telemetry/index.ts";
import { HOUR } from "../src-shared/units.ts";
import { SWITCHES } from "../src-shared/updates/index.ts";
import { endWithCare } from "./app-end.ts";
import { feedbackOfApp } from "./app-feedback.ts";
import { prepareApp } from "./app-start.ts";
import { telemetryOfApp } from "./app-telemetry.ts";
import { updatesOfApp } from "./app-updates.ts";
import { windowOfApp } from "./app-window.ts";
import { gatherDiagnostics } from "./diagnostics/index.ts";
import { createHardwareFingerprint } from "./hardware/index.ts";
import { openWatchHistory } from "./history/index.ts";
import { createHandlers, routeCalls } from "./ipc/index.ts";
import { parseLaunchOptions } from "./launch-options.ts";
import { createLedger, inspectLedger, nodeFileSteps } from "./ledger/index.ts";
import {
  createKeytarSecretStore,
  createLicenseService,
  createLicenseStore,
  createRevocationLists,
  wasActivated,
} from "./license/index.ts";
import { createLicenseOffers, listenToSystemLinks } from "./links/index.ts";
import { openLog } from "./log/index.ts";
import { answerMediaRequest, createMediaReader } from "./playback/index.ts";
import { createVaultSession } from "./session/index.ts";
import { openSettingsStore } from "./settings/index.ts";
import { countCalls, countLogEvents, noteSeek, reportLicenses, watchProcesses } from "./telemetry/index.ts";
import { createTrust, trustRootsOf } from "./trust/index.ts";
import type { UpdatePorts } from "./updates/index.ts";
import { mountedRootsOf, watchVaults } from "./vault/index.ts";
import { createDialogs } from "./windows/index.ts";

const FIRST_CHECK_SECONDS = 5;

const now = () => Math.floor(Date.now() / 1000);

prepareApp();
const links = listenToSystemLinks();

// Not awaited at the top level: Electron is not ready before this module has ended.
void app.whenReady().then(start);

function start(): void {
  const data = app.getPath("userData");
  const settings = openSettingsStore(join(data, "settings.json"));
  nativeTheme.themeSource = settings.settings().appearance;

  // The window comes first: its process starts while the rest is wired.
  const window = windowOfApp(async (request) => {
    const answer = await answerMediaRequest(request, vault.lookup);
    noteSeek(request, answer, telemetry.note);
    return answer;
  });

  const options = parseLaunchOptions(process.argv);
  const logFolder = join(data, "logs");
  const fileLog = openLog(logFolder, () => new Date());
  const telemetry = telemetryOfApp({
    data,
    options,
    settings,
    log: fileLog,
    changed,
    services: () => ({
      licenseService,
      licenseStore,
      trust,
      ledger,
      stickRoot: vault.vault()?.root,
      downMs: processes.downMs(),
    }),
  });
  const log = countLogEvents(telemetry, fileLog);
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

  const licenseStore = createLicenseStore(join(data, "licenses"));
  const secrets = createKeytarSecretStore();
  const ledgerStorage = { folder: join(data, "ledger"), secrets, files: nodeFileSteps };
  const ledger = createLedger({ ...ledgerStorage, wasActivated: hasTraces, log });
  const trust = createTrust({ compiled, path: join(data, "keys.uvvkeys"), ledger, now, log });
  const { roots } = trust;
  const revocations = createRevocationLists(join(data, "revocations.uvvrev"), roots, log);
  // While the window opens: the first question to the keychain is the slow one.
  void ledger.open();
  const report = reportLicenses(telemetry);
  const hardware = createHardwareFingerprint(hardwareOf(process.platform));
  const licenseService = createLicenseService({
    roots,
    licenseStore,
    revocations,
    secrets,
    ledger,
    hardware,
    now,
    appVersion,
    log,
    judged: (licenses, tookMs) => {
      report(licenses, tookMs);
      void telemetry.lookForInvitation();
    },
  });
  const reader = createMediaReader(join(import.meta.dirname, "media-worker.js"), () => processes.workerGone());
  const openHistory = (vaultId: string) => openWatchHistory(join(data, "history"), vaultId);
  const vault = createVaultSession({
    trust,
    licenseService,
    licenseStore,
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
  const step: UpdatePorts["step"] = (...reached) => void telemetry.reachStep(...reached);
  const stickRoot = () => vault.vault()?.root;
  const updates = updatesOfApp({ data, options, ledger, trust, licenseService, stickRoot, now, log, changed, step });
  const closing = new AbortController();
  // The days that are left count down while the window stays open.
  const hourly = setInterval(changed, HOUR * 1000);
  closing.signal.addEventListener("abort", () => clearInterval(hourly), { once: true });
  const watch = watchVaults(mountedRootsOf(process.platform), options.vaults, vault.updateCandidates, closing.signal);
  const { deviceKey } = licenseService;
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
      inspectLedger: (stick) => inspectLedger(ledgerStorage, stick),
    });
  const feedback = feedbackOfApp({ data, telemetry, diagnostics, changed });
  const handlers = createHandlers({
    session: vault,
    settings,
    offers,
    proofs: licenseStore.proofs,
    diagnostics,
    copy: async (text) => clipboard.writeText(text),
    dialogs: createDialogs(() => window),
    updates,
    telemetry,
    feedback,
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
    countCalls(handlers, noteUse),
    log,
  );

  // After the window: nobody waits for an update.
  updates?.start(FIRST_CHECK_SECONDS);
  telemetry.start(closing.signal);
  app.on("second-instance", () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  links.subscribe((incoming) => void offers.receive(incoming));
  endWithCare({
    closing,
    close: () => Promise.allSettled([vault.close(), updates?.close(), feedback.close().then(telemetry.close)]),
    flushLog: fileLog.flush,
    isKeychainWaiting: secrets.isWaiting,
  });

  async function hasTraces() {
    return wasActivated(secrets, licenseStore, await trust.rootsAtHand());
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

  // After something was watched there may be something to ask.
  function noteUse(change: SessionChange): void {
    telemetry.note(change);
    if (change.kind === "operation" && change.operation === "play") changed();
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
      telemetry: { ...telemetry.view(), survey: feedback.due() ?? null },
      support: BUILD_PROFILE.support,
    };
  }
}
