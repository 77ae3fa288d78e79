import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { updateHelper } from "../../build/packaging/debian.ts";
import { serveFeed } from "../fakes/feed-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { setRelease, updateFeed } from "../fakes/update-feed.ts";
import { buildFile } from "../shared/updates/documents.ts";
import type { Counters, ProcessOptions, ProcessMessage } from "./update-process.ts";

export const PACKAGE = "uvv-kill-probe";
const PROGRAM = join(import.meta.dirname, "update-process.ts");
const KILL_AT = pathToFileURL(join(import.meta.dirname, "..", "fakes", "kill-at.mjs")).href;

/** How a run of the app ends: killed at a write step, killed after some time, or by itself. */
export type Ending = { readonly at: number; readonly when: "before" | "half" } | { readonly afterMs: number } | "alone";

export type RunResult = {
  readonly messages: readonly ProcessMessage[];
  readonly killed: boolean;
  readonly steps: number;
};
export type UpdatedComputer = Awaited<ReturnType<typeof openComputer>>;

/** One computer through many updates of one small package, with the checks for every run. */
export async function openComputer(service: string) {
  const folder = temporaryFolder();
  const profile = join(folder, "profile");
  const installLog = join(folder, "installLog");
  const helper = join(folder, "install-update");
  const repository = updateFeed();
  // At the start, the computer runs its ring's version.
  setRelease(repository, "ga", { build: "build-1", fallback: null });
  const anchor = join(folder, "root.json");
  writeFileSync(anchor, repository.begin());
  const server = await serveFeed(repository.files);
  makeHelper();
  let newest = 10;
  let seen: Counters = {};
  let hashOfNewest = "";
  let wasReady = false;
  writeFileSync(installLog, "");
  execFileSync("dpkg", ["-i", packageOf("1.0.0")], { stdio: "ignore" });

  /** The package's own helper, which also logs the hash of every package that it hands to dpkg. */
  function makeHelper(): void {
    const install = 'dpkg --install "$copy"';
    const script = updateHelper(PACKAGE).replace(install, `sha256sum "$copy" >>'${installLog}'; ${install}`);
    writeFileSync(helper, script, { mode: 0o755 });
  }

  function packageOf(version: string): string {
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    chmodSync(join(tree, "DEBIAN"), 0o755);
    const control = [`Package: ${PACKAGE}`, `Version: ${version}`, "Architecture: amd64"];
    control.push("Maintainer: Tests <tests@example.org>", "Description: A probe", "");
    writeFileSync(join(tree, "DEBIAN", "control"), control.join("\n"));
    // Large enough for several packets and some time to unpack.
    writeFileSync(join(tree, "payload"), randomBytes(400_000));
    const file = join(folder, `${PACKAGE}_${version}.deb`);
    execFileSync("dpkg-deb", ["-Znone", "--build", "--root-owner-group", tree, file], { stdio: "ignore" });
    return file;
  }

  async function run(ending: Ending): Promise<RunResult> {
    const options: ProcessOptions = {
      folder: profile,
      service,
      feed: server.origin,
      anchor,
      version: installed(),
      helper,
    };
    const kill = typeof ending === "object" && "at" in ending ? ending : undefined;
    const child = spawn(process.execPath, ["--import", KILL_AT, PROGRAM, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        TMPDIR: folder,
        NODE_COMPILE_CACHE: join(folder, "compiled"),
        ...(kill ? { UVV_KILL_AT: `${kill.at}`, UVV_KILL_WHEN: kill.when } : {}),
      },
    });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_code, signal) => resolve(signal)),
    );
    if (typeof ending === "object" && "afterMs" in ending)
      void setTimeout(ending.afterMs).then(() => child.kill("SIGKILL"));
    const messages: ProcessMessage[] = [];
    for await (const line of createInterface(child.stdout)) {
      const message = JSON.parse(line) as ProcessMessage;
      messages.push(message);
      checkMessage(message);
    }
    const killed = (await ended) === "SIGKILL";
    if (!killed && !messages.some((message) => "looked" in message)) throw new Error(`the process failed: ${stderr}`);
    await untilHelperEnded();
    checkFiles();
    return { messages, killed, steps: Number(/steps (\d+)/.exec(stderr)?.[1] ?? 0) };
  }

  function checkMessage(message: ProcessMessage): void {
    if (!("counters" in message)) return;
    if ("state" in message) {
      // Before the first update check there is no ledger; afterwards there always is one.
      expect(["ready", ...(wasReady ? [] : ["fresh"])]).toContain(message.state);
    } else wasReady = true;
    for (const [name, [generation, sequence]] of Object.entries(seen)) {
      const now = message.counters[name] ?? [0, 0];
      const isLower = now[0] < generation || (now[0] === generation && now[1] < sequence);
      if (isLower) throw new Error(`${name} went down from ${generation}.${sequence} to ${now.join(".")}`);
    }
    seen = message.counters;
  }

  /** Checks that all files on the disk are complete, and that only listed packages were handed to the system. */
  function checkFiles(): void {
    for (const path of filesIn(join(profile, "metadata"))) {
      if (!basename(path).startsWith(".")) JSON.parse(readFileSync(path, "utf8"));
    }
    const memory = join(profile, "memory.json");
    if (existsSync(memory)) JSON.parse(readFileSync(memory, "utf8"));
    for (const path of filesIn(join(profile, "pending"))) {
      if (!path.endsWith(".part")) expect(sha256Of(path)).toBe(basename(dirname(path)));
    }
    const given = readFileSync(installLog, "utf8").trimEnd().split("\n").filter(Boolean);
    for (const line of given) expect(line.slice(0, 64)).toBe(hashOfNewest);
  }

  /** The helper of a killed app continues to run. */
  async function untilHelperEnded(): Promise<void> {
    const isRunning = () => spawnSync("pgrep", ["-f", helper]).status === 0;
    while (isRunning()) await setTimeout(20);
  }

  function installed(): string {
    return execFileSync("dpkg-query", ["-W", "-f", "${Version}", PACKAGE], { encoding: "utf8" });
  }

  return {
    run,
    installed,
    leftParts: () => filesIn(join(profile, "pending")).filter((path) => path.endsWith(".part")).length,
    /** Publishes the next version; from now on only this version may be installed. */
    publish(): string {
      newest++;
      const [build, version] = [`build-${newest}`, `${newest}.0.0`];
      const content = readFileSync(packageOf(version));
      hashOfNewest = createHash("sha256").update(content).digest("hex");
      writeFileSync(installLog, "");
      repository.addTarget(
        "builds",
        `builds/${build}/app_${version}.deb`,
        content,
        buildFile({ buildId: build, version }),
      );
      const flags = { "license-links": newest % 2 === 0 };
      setRelease(repository, "ga", { seq: newest, build, fallback: null, flags });
      repository.publish("builds", "ga");
      return version;
    },
  };
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
