import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandLine } from "../../src-ops/cli/command-line.ts";
import { createHost, type Host } from "../../src-ops/cli/host.ts";
import { openRingStore, RING_DATA } from "../../src-ops/server/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { DAY, type Milliseconds, type UnixMs } from "../../src-shared/units.ts";
import { projectRoot } from "../electron-runtime.ts";
import { type Computer, newComputer, type SavedComputer, type Stick } from "./computer.ts";

/** How many computers report in each ring. */
const FLEET: readonly (readonly [Ring, number])[] = [
  ["ring0", 10],
  ["ring1", 4],
  ["ga", 5],
];
const APP_VERSION = "0.1.0";
const RING1_ITEMS = "automated-tests license-workflow team-validation docs-updated support-ready rollback-rehearsed";
const GA_ITEMS =
  "automated-tests license-process support-validated communication docs-updated migration rollback-rehearsed";

/** What is kept of a sandbox between two runs. */
type Saved = {
  readonly now: UnixMs;
  readonly names: Readonly<Record<string, string>>;
  readonly fleet: SavedComputer[];
};

/** A publisher with a feed, a fleet and a clock that stands still until it is turned, all in one folder. */
export type Sandbox = {
  readonly folder: string;
  readonly now: () => UnixMs;
  readonly pass: (time: Milliseconds) => void;
  readonly fleet: readonly Computer[];
  /** The names in the commands of docs/rings, and what they stand for here. */
  readonly names: Record<string, string>;
  /** Runs one command at the sandbox's time, and prints as `vaultctl` does. */
  readonly type: (args: readonly string[], host: Host) => Promise<void>;
  /** Runs one command with --json; throws if it is refused. */
  readonly run: <T>(...args: readonly string[]) => Promise<T>;
  readonly save: () => void;
};

export const STATE = "rehearsal.json";

/** The environment in which no command reaches the person's own keys, feed or settings. */
export function sandboxEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "settings"),
    VAULTCTL_KEYS: join(folder, "keys"),
    VAULTCTL_FEED: join(folder, "feed"),
  };
}

/** The variables that would lead out of the sandbox. */
export const FOREIGN_VARIABLES = [
  "VAULTCTL_MASTER",
  "VAULTCTL_PERSON_KEYS",
  "VAULTCTL_PASSWORD_FILE",
  "RING_DATABASE_URL",
];

/** Opens the sandbox in this folder as it was left. */
export async function loadSandbox(folder: string): Promise<Sandbox> {
  const { now, names, fleet } = JSON.parse(readFileSync(join(folder, STATE), "utf8")) as Saved;
  return sandboxOf(folder, now, { ...names }, await Promise.all(fleet.map((one) => newComputer(one.ring, one))));
}

/** Makes a sandbox in a folder that does not exist: every ring had the build GOOD, and runs BAD. */
export async function makeSandbox(folder: string, start: UnixMs): Promise<Sandbox> {
  const path = (...names: string[]) => join(folder, ...names);
  for (const name of ["stick", "people", RING_DATA]) mkdirSync(path(name), { recursive: true, mode: 0o700 });
  const names: Record<string, string> = {
    REPO: path("feed"),
    KEYS: path("keys"),
    DATA: path(RING_DATA),
    TRUST: path("keys", "public"),
    COPY: path("people", "copy-of-the-feed"),
    STICK: path("stick"),
    "PERSON-2": path("people", "person-2"),
    "PERSON-3": path("people", "person-3"),
    AGREEMENT: written("agreement.txt", "Made up for a rehearsal: this client tries releases first.\n"),
    REPORT: written("report.html", "Made up for a rehearsal: everything passed.\n"),
    PACKAGE: written("usb-video-vault_1.1.0_amd64.deb", "USB Video Vault 1.1.0"),
    "FIXED-FILE": written("usb-video-vault_1.2.0_amd64.deb", "USB Video Vault 1.2.0"),
  };
  const fleet: Computer[] = [];
  const sandbox = sandboxOf(folder, start, names, fleet);
  const { run } = sandbox;
  await run("keys", "init", "--dir", path("keys"), "--dev");
  const film = join(projectRoot, "test", "media", "tides.webm");
  const stick = await run<Stick>("pack", film, "--stick", path("stick"), "--no-trial");
  await run("feed", "init", "--people", "3");
  for (const person of ["person-2", "person-3"])
    renameSync(path("keys", "private", "feed", person), path("people", person));
  for (const [ring, count] of FLEET) {
    for (let number = 1; number <= count; number++) fleet.push(await enrolled(ring, `${ring}-${number}`));
  }
  for (const pilot of ["north", "south", "west"])
    await run(
      "feed",
      "pilot",
      "--hostname",
      pilot,
      "--agreement",
      names["AGREEMENT"] as string,
      "--signed",
      dayOf(start),
    );
  const store = await openRingStore({ data: path(RING_DATA) }, "create");
  if (!store.ok) throw new Error(store.error.message);
  await store.value.close();
  names["GOOD"] = await giveToEverybody("0.9.0");
  names["BAD"] = await giveToEverybody("1.0.0");
  sandbox.save();
  return sandbox;

  function written(name: string, content: string): string {
    writeFileSync(path(name), content);
    return path(name);
  }

  async function enrolled(ring: Ring, name: string): Promise<Computer> {
    const computer = await newComputer(ring);
    const [request, license] = [path("people", `${name}.uvvreq`), path("people", `${name}.uvvlic`)];
    writeFileSync(request, computer.request(stick, sandbox.now()));
    const terms = ["--for", name, "--days", "365", "--ring", ring, "--enrol", "--stick", path("stick")];
    const { pid } = await run<{ pid: string }>("license", "issue", ...terms, "--request", request, "--out", license);
    computer.enrol(readFileSync(license, "utf8"), pid);
    return computer;
  }

  // Nobody has used it here for days, so it takes the overrides that a real release does without.
  async function giveToEverybody(version: string): Promise<string> {
    const file = written(`usb-video-vault_${version}_amd64.deb`, `USB Video Vault ${version}`);
    const { build } = await run<{ build: string }>("feed", "add-build", file, "--to", "ring0");
    const overrides = ["window", "observation", "pilots", "verdict"].flatMap((code) => ["--override", code]);
    const people = ["person-2", "person-3"].flatMap((name) => ["--person-keys", path("people", name)]);
    const signed = ["--data", path(RING_DATA), ...overrides, "--reason", "To begin the rehearsal", ...people];
    for (const [ring, items] of [
      ["ring1", RING1_ITEMS],
      ["ga", GA_ITEMS],
    ] as const) {
      const to = path("feed", "evidence", `${ring}-${build}`);
      mkdirSync(to, { recursive: true });
      for (const item of items.split(" ")) cpSync(names["REPORT"] as string, join(to, `${item}.html`));
      await run("feed", "promote", ring, ...signed);
    }
    await run("feed", "promote", "ga", ...signed);
    await run("feed", "promote", "ga", ...signed);
    return build;
  }
}

function sandboxOf(folder: string, start: UnixMs, names: Record<string, string>, fleet: readonly Computer[]): Sandbox {
  let time = start;
  const context = { now: () => Math.floor(time / 1_000), appVersion: APP_VERSION };
  const type = (args: readonly string[], host: Host) => runCommandLine([...args], host, context);
  return {
    folder,
    names,
    fleet,
    type,
    now: () => time,
    pass: (passed) => void (time += passed),
    async run<T>(...args: readonly string[]) {
      let printed = "";
      const stream = { isTTY: false, write: (text: string) => ((printed += text), true) };
      const nowhere = { isTTY: false, write: () => true };
      const process = { stdout: stream, stderr: nowhere, exitCode: 0, once: () => process, off: () => process };
      await type(
        [...args, "--json"],
        createHost(process as unknown as NodeJS.Process, () => performance.now()),
      );
      const result = JSON.parse(printed) as T & { ok: boolean; error?: { code: string; message: string } };
      if (result.ok) return result;
      throw new Error(`vaultctl ${args.join(" ")}: ${result.error?.code}: ${result.error?.message}`);
    },
    save() {
      const saved: Saved = { now: time, names, fleet: fleet.map((one) => one.save()) };
      writeFileSync(join(folder, `${STATE}.new`), JSON.stringify(saved), { mode: 0o600 });
      renameSync(join(folder, `${STATE}.new`), join(folder, STATE));
    },
  };
}

const dayOf = (at: UnixMs) => new Date(at - DAY * 1_000).toISOString().slice(0, 10);

/** The last Tuesday at 14:00 UTC: inside a release window. */
export function lastTuesday(before: UnixMs): UnixMs {
  const at = new Date(before);
  at.setUTCHours(14, 0, 0, 0);
  while (at.getUTCDay() !== 2 || at.getTime() > before) at.setUTCDate(at.getUTCDate() - 1);
  return at.getTime();
}
