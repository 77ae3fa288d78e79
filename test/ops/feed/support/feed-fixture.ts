import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runCommandLine } from "../../../../src-ops/cli/command-line.ts";
import { createHost } from "../../../../src-ops/cli/host.ts";
import type { CheckedRing } from "../../../../src-ops/feed/index.ts";
import {
  pilotTargets,
  promotionEvidenceFiles,
  type VerdictOptions,
  writeVerdict,
} from "../../../fakes/promotion-evidence-files.ts";

export type CommandResult = { ok: boolean; error?: { code: string; message: string } } & Record<string, unknown>;
export type Changed = { published: boolean; pending: string | null; build: string; missing: object[] };

/** The default time of every command in the tests. */
export const NOW = Math.floor(Date.now() / 1000);

/** Runs one command line in this process at a given time; returns the JSON that it printed. */
export async function run(args: readonly string[], now = NOW): Promise<CommandResult> {
  let printed = "";
  const stream = { isTTY: false, write: (text: string) => ((printed += text), true) };
  const nowhere = { isTTY: false, write: () => true };
  const process = { stdout: stream, stderr: nowhere, exitCode: 0, once: () => process, off: () => process };
  const host = createHost(process as unknown as NodeJS.Process, () => performance.now());
  await runCommandLine([...args, "--json"], host, { now: () => now, appVersion: "0.1.0" });
  const result = JSON.parse(printed) as CommandResult;
  if (result.ok !== (process.exitCode === 0))
    throw new Error(`${args.join(" ")}: exit ${process.exitCode}, ${printed}`);
  return result;
}

export type FeedFixture = {
  readonly folder: string;
  readonly repo: string;
  readonly keys: string;
  readonly trust: string;
  path(...names: string[]): string;
  /** Runs a feed command that must succeed. */
  feed<T = Changed>(name: string, ...rest: string[]): Promise<T>;
  feedAt<T = Changed>(now: number, name: string, ...rest: string[]): Promise<T>;
  /** Runs a feed command that must fail; returns the code. */
  refused(name: string, ...rest: string[]): Promise<string>;
  /** Adds a build of one small package for Linux; returns its id. */
  build(version: string, epoch?: number): Promise<string>;
  /** Writes a verdict of the gates; returns its path. */
  verdict(ring: string, build: string, words?: VerdictOptions): string;
  /** The options with verdict, checklist and overrides for a promotion into `ring` after `gate` has passed. */
  promotionOptions(ring: string, gate: string, build: string, at?: number): string[];
  /** Promotes a build through ring0, ring1 and all stages of ga. */
  promoteEverywhere(build: string): Promise<void>;
  /** Signs a pending file on a person's computer, which has a copy of the feed and its first root, without asking. */
  sign(file: string, bundle: string, ...rest: string[]): Promise<CommandResult>;
  signAt(now: number, file: string, bundle: string, ...rest: string[]): Promise<CommandResult>;
  /** A second computer with the same keys and feed. */
  copy(): FeedFixture;
};

let template: Promise<string> | undefined;

/** A publisher with a new feed. It is created once for all tests of a worker; each test gets its own copy. */
export async function openFeedFixture(): Promise<FeedFixture> {
  template ??= makeTemplate();
  return copyOf(await template);
}

async function makeTemplate(): Promise<string> {
  const folder = newFolder();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await mustRun(["keys", "init", "--dir", join(folder, "keys"), "--dev"]);
  await mustRun(["feed", "init", "--people", "3", "--repo", join(folder, "repo"), "--keys", join(folder, "keys")]);
  const file = join(folder, "repo", "ring-targets.json");
  const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring1: { targets: object[] } } };
  targets.rings.ring1.targets = pilotTargets(3);
  writeFileSync(file, JSON.stringify(targets, undefined, 2));
  return folder;
}

function copyOf(folder: string): FeedFixture {
  const to = newFolder();
  onTestFinished(() => rmSync(to, { recursive: true, force: true }));
  cpSync(folder, to, { recursive: true, preserveTimestamps: true });
  return fixtureIn(to);
}

// In memory if possible: hundreds of durable publications would only wait for the disk.
const newFolder = () => mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "uvv-feed-"));

async function mustRun<T = CommandResult>(args: readonly string[], now = NOW): Promise<T> {
  const result = await run(args, now);
  if (!result.ok) throw new Error(`vaultctl ${args.join(" ")}: ${JSON.stringify(result.error)}`);
  return result as T;
}

function fixtureIn(folder: string): FeedFixture {
  const path = (...names: string[]) => join(folder, ...names);
  const [repo, keys] = [path("repo"), path("keys")];
  const command = (name: string, rest: readonly string[]) => ["feed", name, ...rest, "--repo", repo, "--keys", keys];

  const fixture: FeedFixture = {
    folder,
    repo,
    keys,
    trust: join(keys, "public"),
    path,
    feed: (name, ...rest) => mustRun(command(name, rest)),
    feedAt: (now, name, ...rest) => mustRun(command(name, rest), now),
    sign: (file, bundle, ...rest) => fixture.signAt(NOW, file, bundle, ...rest),
    signAt: (now, file, bundle, ...rest) => {
      const anchor = ["--repo", repo, "--trust", fixture.trust];
      return run(["feed", "sign", file, "--person-keys", bundle, ...anchor, "--yes", ...rest], now);
    },
    async refused(name, ...rest) {
      const result = await run(command(name, rest));
      if (result.ok || !result.error) throw new Error(`feed ${name} ${rest.join(" ")} was not refused`);
      return result.error.code;
    },
    async build(version, epoch = 1) {
      const file = path(`usb-video-vault_${version}_amd64.deb`);
      writeFileSync(file, `package ${version}`);
      const { build } = await fixture.feed("add-build", file, "--version", version, "--build-epoch", String(epoch));
      return build;
    },
    verdict: (ring, build, words) => writeVerdict(folder, ring, build, { at: NOW, ...words }),
    promotionOptions: (ring, gate, build, at = NOW) =>
      promotionEvidenceFiles(folder, ring as CheckedRing, gate, build, at),
    async promoteEverywhere(build) {
      await fixture.feed("release", "--ring", "ring0", "--build", build);
      const promote = (ring: string, gate: string) =>
        fixture.feed("promote", "--ring", ring, "--build", build, ...fixture.promotionOptions(ring, gate, build));
      await promote("ring1", "ring0");
      await promote("ga", "ring1");
      await promote("ga", "ga");
      await promote("ga", "ga");
    },
    copy: () => copyOf(folder),
  };
  return fixture;
}
