import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { openViewing, openWatchHistory } from "../../../src-main/history/index.ts";
import { createLicensing, licensingPathsIn } from "../../../src-main/app/licensing.ts";
import { type FileSteps, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { ensureDeviceKey } from "../../../src-main/license/index.ts";
import { createHardwareFingerprint } from "../../../src-main/hardware/index.ts";
import type { Log } from "../../../src-main/log/index.ts";
import { createVaultSession, type VaultSession } from "../../../src-main/session/index.ts";
import type { JudgedText } from "../../../src-main/telemetry/report-licenses.ts";
import { examineStick } from "../../../src-main/vault/index.ts";
import type { StickView } from "../../../src-shared/ipc/index.ts";
import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import { createFakeHardware } from "../../fakes/fake-hardware.ts";
import { createDirectMediaReader } from "../../fakes/direct-media-reader.ts";
import { NOW, ROOTS } from "../../fakes/issuer.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { deviceLicense, writeTestVault } from "../../fakes/test-vault.ts";

/** A computer with a keychain in memory, a real folder, a clock, and a slot for a stick. */
export function newComputer() {
  return {
    data: temporaryFolder(),
    stick: join(temporaryFolder(), "stick"),
    secrets: createMemorySecretStore(),
    hardware: createFakeHardware(),
    clock: { now: NOW },
  };
}
export type Computer = ReturnType<typeof newComputer>;

type SessionOptions = {
  readonly roots?: TrustRoots;
  readonly files?: FileSteps;
  readonly revocationsPath?: string;
  readonly canBlockCaptures?: boolean;
};

/** The app's session on a computer; starting twice on the same one is a restart. */
export function startSession(computer: Computer, options: SessionOptions = {}) {
  const { roots: compiled = ROOTS, files = nodeFileSteps } = options;
  const { data, secrets, clock } = computer;
  const hardware = createHardwareFingerprint(computer.hardware);
  const now = () => clock.now;
  const appVersion = "0.1.0";
  const recent: StickView[] = [];
  const emitted: unknown[] = [];
  const logged: string[] = [];
  const savedLicenses: string[][] = [];
  const judgedTexts: JudgedText[] = [];
  const log: Log = (event, fields) => void logged.push(JSON.stringify({ event, ...fields }));
  const standard = licensingPathsIn(data);
  const licensing = createLicensing({
    paths: { ...standard, revocations: options.revocationsPath ?? standard.revocations },
    compiled,
    secrets,
    files,
    hardware,
    appVersion,
    now,
    log,
    judged: (texts) => void judgedTexts.push(...texts),
    licensesChanged: () => void savedLicenses.push(readdirSync(standard.licenses)),
  });
  const { ledger } = licensing;
  const shown: string[] = [];
  const captures: boolean[] = [];
  const session = createVaultSession({
    ...licensing,
    sticks: { examine: examineStick },
    reader: createDirectMediaReader(),
    recent: () => recent,
    openHistory: (vaultId) => openWatchHistory(join(data, "history"), vaultId),
    blockCaptures: (isBlocked) => void captures.push(isBlocked),
    canBlockCaptures: options.canBlockCaptures ?? true,
    openViewing: (vaultId) => openViewing(join(data, "viewing"), vaultId),
    appVersion,
    now,
    log,
    changed: () => void shown.push(session.screen().stage),
    emit: (name, payload) => emitted.push({ name, ...payload }),
  });
  onTestFinished(session.close);
  const { trust } = licensing;
  return {
    ...computer,
    recent,
    emitted,
    shown,
    captures,
    logged,
    log,
    judgedTexts,
    savedLicenses,
    ledger,
    trust,
    session,
  };
}

export function setUp(roots = ROOTS) {
  return startSession(newComputer(), { roots });
}

export function putLicense(stick: string, text: string, name = "a.uvvlic"): void {
  mkdirSync(join(stick, "VAULT", "licenses"), { recursive: true });
  writeFileSync(join(stick, "VAULT", "licenses", name), text);
}

/** Asks for a license, as a viewer does, and returns the device for which one would be made. */
export async function requestDevice({ secrets, session }: Pick<Computer, "secrets"> & { session: VaultSession }) {
  const request = await session.request();
  if (!request.ok) throw new Error(request.error);
  const key = await ensureDeviceKey(secrets);
  if (!key.ok) throw new Error(key.error);
  return { id: key.value.id, publicKey: key.value.x25519Public };
}

/** A computer on which this stick was opened with a license for it (seq 5). */
export async function activated(roots = ROOTS): Promise<Computer & { device: { id: string; publicKey: Uint8Array } }> {
  const computer = newComputer();
  await writeTestVault(computer.stick, []);
  const { session } = startSession(computer, { roots });
  await session.updateCandidates([computer.stick]);
  const device = await requestDevice({ session, secrets: computer.secrets });
  expect(await session.importLicense(await deviceLicense(device))).toMatchObject({ ok: true, value: { code: "OK" } });
  await session.close();
  return { ...computer, device };
}

/** Starts the app again with the stick plugged in, and returns its screen. */
export async function restart(computer: Computer, options: Parameters<typeof startSession>[1] = {}) {
  const fixture = startSession(computer, options);
  await fixture.session.updateCandidates([computer.stick]);
  const screen = fixture.session.screen();
  const code = screen.stage === "locked" ? (screen.refusal?.code ?? "PASSPHRASE") : screen.stage;
  return { ...fixture, code };
}

export function putKeyManifest(stick: string, text: string): void {
  writeFileSync(join(stick, "VAULT", "keys.uvvkeys"), text);
}

export function putRevocations(stick: string, text: string): void {
  writeFileSync(join(stick, "VAULT", "revocations.uvvrev"), text);
}
