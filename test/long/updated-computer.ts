import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { serveFeed } from "../fakes/feed-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { setRelease, updateFeed } from "../fakes/update-feed.ts";
import { buildFile } from "../shared/updates/documents.ts";
import type { Counters, Orders, Word } from "./update-victim.ts";

export const PACKAGE = "uvv-kill-probe";
const VICTIM = join(import.meta.dirname, "update-victim.ts");
const KILL_AT = pathToFileURL(join(import.meta.dirname, "..", "fakes", "kill-at.mjs")).href;

/** How a start of the app ends: at a step of its writing, after some time, or by itself. */
export type Ending = { readonly at: number; readonly when: "before" | "half" } | { readonly afterMs: number } | "alone";

export type Lived = { readonly words: readonly Word[]; readonly killed: boolean; readonly steps: number };
export type UpdatedComputer = Awaited<ReturnType<typeof beginComputer>>;

/** One computer through many updates of one small package, and what must hold at every moment of it. */
export async function beginComputer(service: string) {
  const folder = temporaryFolder();
  const profile = join(folder, "profile");
  const handed = join(folder, "handed");
  const repository = updateFeed();
  // What runs is what its ring runs, to begin with.
  setRelease(repository, "ga", { build: "build-1", fallback: null });
  const anchor = join(folder, "root.json");
  writeFileSync(anchor, repository.begin());
  const server = await serveFeed(repository.files);
  wrapDpkg();
  let newest = 10;
  let seen: Counters = {};
  let hashOfNewest = "";
  let wasReady = false;
  writeFileSync(handed, "");
  execFileSync("dpkg", ["-i", packageOf("1.0.0")], { stdio: "ignore" });

  /** What the system is given to install goes through here, and is written down with its hash. */
  function wrapDpkg(): void {
    const program = join(folder, "bin", "dpkg");
    mkdirSync(dirname(program));
    const lines = ["#!/bin/sh", "for last; do :; done", `[ "$1" = -i ] && sha256sum "$last" >> ${handed}`];
    writeFileSync(program, [...lines, 'exec /usr/bin/dpkg "$@"', ""].join("\n"));
    chmodSync(program, 0o755);
  }

  function packageOf(version: string): string {
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    chmodSync(join(tree, "DEBIAN"), 0o755);
    const control = [`Package: ${PACKAGE}`, `Version: ${version}`, "Architecture: all"];
    control.push("Maintainer: Tests <tests@example.org>", "Description: A probe", "");
    writeFileSync(join(tree, "DEBIAN", "control"), control.join("\n"));
    // Some packets on the way, and some time to unpack.
    writeFileSync(join(tree, "payload"), randomBytes(400_000));
    const file = join(folder, `${PACKAGE}_${version}.deb`);
    execFileSync("dpkg-deb", ["-Znone", "--build", "--root-owner-group", tree, file], { stdio: "ignore" });
    return file;
  }

  async function live(ending: Ending): Promise<Lived> {
    const orders: Orders = { folder: profile, service, feed: server.origin, anchor, version: installed() };
    const kill = typeof ending === "object" && "at" in ending ? ending : undefined;
    const child = spawn(process.execPath, ["--import", KILL_AT, VICTIM, JSON.stringify(orders)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
        TMPDIR: folder,
        NODE_COMPILE_CACHE: join(folder, "compiled"),
        ...(kill ? { UVV_KILL_AT: `${kill.at}`, UVV_KILL_WHEN: kill.when } : {}),
      },
    });
    let complaints = "";
    child.stderr.on("data", (text: Buffer) => (complaints += text.toString()));
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once("close", (_code, signal) => resolve(signal)),
    );
    if (typeof ending === "object" && "afterMs" in ending)
      void setTimeout(ending.afterMs).then(() => child.kill("SIGKILL"));
    const words: Word[] = [];
    for await (const line of createInterface(child.stdout)) {
      const word = JSON.parse(line) as Word;
      words.push(word);
      hear(word);
    }
    const killed = (await ended) === "SIGKILL";
    if (!killed && !words.some((word) => "looked" in word)) throw new Error(`the victim failed: ${complaints}`);
    await untilDpkgEnded();
    examine();
    return { words, killed, steps: Number(/steps (\d+)/.exec(complaints)?.[1] ?? 0) };
  }

  function hear(word: Word): void {
    if (!("counters" in word)) return;
    if ("state" in word) {
      // Before the first look there is no ledger; afterwards there always is.
      expect(["ready", ...(wasReady ? [] : ["fresh"])]).toContain(word.state);
    } else wasReady = true;
    for (const [name, [generation, sequence]] of Object.entries(seen)) {
      const now = word.counters[name] ?? [0, 0];
      const isLower = now[0] < generation || (now[0] === generation && now[1] < sequence);
      if (isLower) throw new Error(`${name} went down from ${generation}.${sequence} to ${now.join(".")}`);
    }
    seen = word.counters;
  }

  /** What lies on the disk is whole whatever happened, and the system was given nothing but what was listed. */
  function examine(): void {
    for (const path of filesIn(join(profile, "metadata"))) {
      if (!basename(path).startsWith(".")) JSON.parse(readFileSync(path, "utf8"));
    }
    const memory = join(profile, "memory.json");
    if (existsSync(memory)) JSON.parse(readFileSync(memory, "utf8"));
    for (const path of filesIn(join(profile, "pending"))) {
      if (!path.endsWith(".part")) expect(sha256Of(path)).toBe(basename(dirname(path)));
    }
    const given = readFileSync(handed, "utf8").trimEnd().split("\n").filter(Boolean);
    for (const line of given) expect(line.slice(0, 64)).toBe(hashOfNewest);
  }

  /** A killed app's dpkg goes on without it. */
  async function untilDpkgEnded(): Promise<void> {
    const isRunning = () => spawnSync("pgrep", ["-f", `dpkg -i ${folder}`]).status === 0;
    while (isRunning()) await setTimeout(20);
  }

  function installed(): string {
    return execFileSync("dpkg-query", ["-W", "-f", "${Version}", PACKAGE], { encoding: "utf8" });
  }

  return {
    live,
    installed,
    leftParts: () => filesIn(join(profile, "pending")).filter((path) => path.endsWith(".part")).length,
    /** Publishes the next version; from now on nothing else may be installed. */
    publish(): string {
      newest++;
      const [build, version] = [`build-${newest}`, `${newest}.0.0`];
      const content = readFileSync(packageOf(version));
      hashOfNewest = createHash("sha256").update(content).digest("hex");
      writeFileSync(handed, "");
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
