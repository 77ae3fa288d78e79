// Wires telemetry for this app.
import { app } from "electron";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { HttpClient } from "../../src-shared/node/http-client.ts";
import type { TelemetryView } from "../../src-shared/ipc/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { Result } from "../../src-shared/result.ts";
import type { SessionChange, StatementAbout } from "../../src-shared/telemetry/index.ts";
import { MINUTE, type Milliseconds } from "../../src-shared/units.ts";
import type { LaunchOptions } from "./launch-options.ts";
import type { Licensing } from "./licensing.ts";
import { signStatement } from "../license/index.ts";
import { runEvery } from "../errors/index.ts";
import type { Log } from "../log/index.ts";
import type { SettingsStore } from "../settings/index.ts";
import {
  capCrashDumps,
  countCrashDumps,
  checkedUrl,
  createConsent,
  createHttpPost,
  createTelemetry,
  createUpdateFunnel,
  findEnrolment,
  sampleProcesses,
  type TelemetryPorts,
} from "../telemetry/index.ts";

const EVERY_MS: Milliseconds = 5 * MINUTE * 1_000;
/** Runs after the window is open: nobody waits for telemetry. */
const FIRST_MS: Milliseconds = 5_000;

export type AppTelemetryPorts = {
  readonly data: string;
  readonly options: LaunchOptions;
  readonly settings: SettingsStore;
  readonly http: HttpClient;
  readonly log: Log;
  /** Something that the window shows has changed. */
  readonly changed: () => void;
  /** Called with errors that only a bug can cause. */
  readonly failed: (thrown: unknown) => void;
  /** Services that are created after telemetry, read when they are needed. */
  readonly services: () => {
    readonly licensing: Licensing;
    readonly stickRoot: string | undefined;
    readonly downMs: Milliseconds;
  };
};

/** The telemetry of this app. It measures in memory; without consent it neither stores nor sends anything. */
export function createAppTelemetry({
  data,
  options,
  settings,
  http,
  log,
  changed,
  failed,
  services,
}: AppTelemetryPorts) {
  let invitation: Ring | null = null;
  const telemetry = createTelemetry({
    folder: join(data, "telemetry"),
    hasConsent: () => settings.consent() === "given",
    enrolment,
    sender: {
      "service.name": "usb-video-vault",
      "service.version": app.getVersion(),
      "os.type": process.platform === "win32" ? "windows" : process.platform === "darwin" ? "darwin" : "linux",
      "host.arch": process.arch,
    },
    ...destinationsOf(options),
    post: createHttpPost(http),
    sign,
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    random: Math.random,
    now: Date.now,
    monotonic: () => performance.now(),
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    sample: async () => ({ ...(await sampleProcesses(app.getAppMetrics())), downMs: services().downMs }),
    knownTime: () => services().licensing.ledger.head().trustedTime,
    minidumps: (since) => countCrashDumps(app.getPath("crashDumps"), since),
    changed,
    log,
  });
  const funnel = createUpdateFunnel({
    folder: join(data, "telemetry"),
    version: app.getVersion(),
    hasConsent: () => settings.consent() === "given",
    report: telemetry.reportUpdate,
  });
  const answer = createConsent({ consent: settings.consent, setConsent: settings.setConsent, telemetry, changed });

  async function deviceKey() {
    const key = await services().licensing.licenseService.deviceKey();
    return key.ok ? key.value : null;
  }

  async function enrolment() {
    const { licensing, stickRoot } = services();
    const { licenseStore, trust } = licensing;
    const texts = [
      ...(await licenseStore.imported()),
      ...(stickRoot === undefined ? [] : await licenseStore.onStick(stickRoot)),
    ];
    // Most licenses contain no enrolment: then the keychain need not be asked.
    if (!texts.some((text) => text.includes("TELEMETRY ENROLMENT"))) return undefined;
    const device = (await deviceKey())?.id;
    const now = Math.floor(Date.now() / 1000);
    return device === undefined ? undefined : findEnrolment(texts, await trust.roots(), { now, device });
  }

  async function sign(about: StatementAbout, body: Uint8Array) {
    const key = await deviceKey();
    return key ? signStatement(key, about, body) : undefined;
  }

  const note = (change: SessionChange): void => {
    telemetry.note(change);
    if (change.kind === "usable") void funnel.healthy();
  };

  async function findInvitation(): Promise<void> {
    const ring = (await enrolment())?.claims.ring ?? null;
    if (ring === invitation) return;
    invitation = ring;
    changed();
  }

  return {
    ...telemetry,
    note,
    reachStep: funnel.reach,
    /** The person's answer to the consent question. */
    answer,
    view: (): Omit<TelemetryView, "survey"> => ({
      consent: settings.consent(),
      invitation,
      erasure: telemetry.erasure(),
    }),
    /** Licenses were added or removed: one of them may contain an enrolment, which is an invitation. */
    lookForInvitation: findInvitation,
    /** Ticks until the signal reports that the app ends. */
    start(signal: AbortSignal): void {
      runEvery(telemetry.tick, { firstMs: FIRST_MS, everyMs: EVERY_MS }, failed, signal);
      // The number of minidumps is limited even without consent: they never leave the computer, and must not fill the
      // disk. They are counted before the limit is applied: the dumps of the last session distinguish a crash from a
      // power failure.
      void telemetry.open().then(() => capCrashDumps(app.getPath("crashDumps")));
      void findInvitation();
    },
  };
}

export type AppTelemetry = ReturnType<typeof createAppTelemetry>;

/** Where telemetry is sent. A development build accepts overrides; a release build uses only its profile. */
function destinationsOf(options: LaunchOptions): Pick<TelemetryPorts, "destination" | "monitoring"> {
  const overrides = BUILD_RELEASE ? {} : { ingest: options.ingest, monitoring: process.env["MONITORING_API_URL"] };
  const ingest = overrides.ingest === undefined ? BUILD_PROFILE.ingest : { url: overrides.ingest, isOurs: true };
  const url = ingest && valueOf(checkedUrl(ingest.url, BUILD_RELEASE));
  return {
    destination: ingest && url ? { url, isOurs: ingest.isOurs } : undefined,
    monitoring: valueOf(checkedUrl(overrides.monitoring ?? BUILD_PROFILE.monitoring, BUILD_RELEASE)),
  };
}

// An unsafe address is treated like a missing one.
function valueOf<T>(result: Result<T, unknown>): T | undefined {
  return result.ok ? result.value : undefined;
}
