// One scenario on a session bus of its own, so that its keyring daemon can be locked, ended and started again. Prints
// one JSON line per step.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { createLedger, type Ledger, nodeFileSteps } from "../../src-main/ledger/index.ts";
import { createKeytarSecretStore } from "../../src-main/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { LID, licenseUpdate } from "../main/ledger/ledger-fixture.ts";

const [folder = "", onlyStep, onlySequence] = process.argv.slice(2);
let daemon = onlyStep === undefined ? await startDaemon() : undefined;

/** An unlocked keyring of its own; ready when the bus knows it. */
async function startDaemon(): Promise<ChildProcess> {
  const options = ["--foreground", "--unlock", "--components=secrets"];
  const child = spawn("gnome-keyring-daemon", options, { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin?.end("test");
  const args = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"];
  const isThere = () =>
    execFileSync("dbus-send", [...args, "string:org.freedesktop.secrets"], { encoding: "utf8" }).includes("true");
  while (!isThere()) {
    if (child.exitCode !== null) throw new Error("no keyring daemon");
    await setTimeout(10);
  }
  return child;
}

async function restartDaemon(): Promise<void> {
  if (!daemon) return;
  const end = once(daemon, "exit");
  daemon.kill("SIGKILL");
  await end;
  daemon = await startDaemon();
}

function lock(): void {
  const args = ["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"];
  const login = "array:objpath:/org/freedesktop/secrets/collection/login";
  execFileSync("dbus-send", [...args, "org.freedesktop.Secret.Service.Lock", login], { stdio: "ignore" });
}

function start(): Ledger {
  return createLedger({
    folder,
    secrets: createKeytarSecretStore("usb-video-vault-restarts"),
    files: nodeFileSteps,
    wasActivated: async () => ok(false),
    log: () => undefined,
  });
}

async function show(step: string, ledger: Ledger, sequence: number, open?: { again: boolean }): Promise<void> {
  const state = open ? { state: await ledger.open(open) } : {};
  const commit = await ledger.commit(licenseUpdate(sequence));
  const seq = ledger.head().licenses.get(LID)?.sequence;
  process.stdout.write(`${JSON.stringify({ step, ...state, commit, seq })}\n`);
}

/** The app started anew, as a process of its own. */
function startApp(step: string, sequence: number, env: NodeJS.ProcessEnv = {}): void {
  const args = [import.meta.filename, folder, step, String(sequence)];
  const { stdout } = spawnSync(process.execPath, args, { env: { ...process.env, ...env } });
  process.stdout.write(stdout);
}

if (onlyStep !== undefined) {
  await show(onlyStep, start(), Number(onlySequence), { again: false });
} else {
  const running = start();
  await show("first run", running, 1, { again: false });
  lock();
  await show("locked while the app runs", running, 2);
  startApp("started while it is locked", 3);
  await restartDaemon();
  // libsecret goes on talking to the daemon that ended: the app says so until it is started again.
  await show("restarted while the app runs", running, 4);
  startApp("started after that", 5);
  startApp("started without a session bus", 6, { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" });
  startApp("started with it again", 1);
}
daemon?.kill("SIGKILL");
// A question that nobody answers would hold an ordinary exit up.
process.kill(process.pid, "SIGKILL");
