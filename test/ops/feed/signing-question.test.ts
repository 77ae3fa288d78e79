import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../../src-ops/cli/command-line.ts";
import { createHost } from "../../../src-ops/cli/host.ts";
import { closed, startVaultctl } from "../support/vaultctl.ts";
import { type FeedFixture, NOW, openFeedFixture } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let file: string;
let args: string[];
beforeEach(async () => {
  publisher = await openFeedFixture();
  mkdirSync(publisher.path("away"));
  for (const name of ["person-2-offline", "person-3-offline"]) {
    renameSync(join(publisher.keys, "private", "feed", name), publisher.path("away", name));
  }
  const kept = await publisher.feed("rotate", "--role", "ga");
  file = kept.pending as string;
  const anchor = ["--repo", publisher.repo, "--trust", publisher.trust];
  const own = ["--person-keys", publisher.path("away", "person-2-offline"), "--role", "targets"];
  args = ["feed", "sign", file, ...own, ...anchor];
});

const signatures = () => readFileSync(file, "utf8").split('\\"sig\\"').length - 1;

describe("the question before signing", () => {
  it.each([
    ["y\n", 0],
    ["yes\n", 0],
    ["n\n", 1],
    ["\n", 1],
    ["sure\n", 1],
    ["", 1],
  ])("is answered with %j: exit code %i", async (answer, code) => {
    const before = signatures();
    const child = startVaultctl(args);
    let output = "";
    child.stdout?.on("data", (text: Buffer) => (output += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (output += text.toString()));
    child.stdin?.end(answer);
    expect(await closed(child)).toBe(code);
    expect(output).toContain("Sign targets? [y/N]");
    // What touches root or targets comes first, with a word for those who see no colour.
    expect(output).toMatch(/^This change is about: keys\nDANGER: ga: key [0-9a-f]{64}/);
    expect(output).toContain("DANGER: targets: version 1 becomes 2");
    expect(output).toContain("signatures needed: 2 of 3 becomes 2 of 3");
    expect(signatures() > before).toBe(code === 0);
    if (code === 1) expect(output).toContain("NOT_CONFIRMED");
  });

  it.each([
    ["a terminal", true, {}, true],
    ["a terminal of somebody who wants no colour", true, { NO_COLOR: "1" }, false],
    ["a file", false, {}, false],
  ])("shows what touches root or targets in red on %s: %s %o %s", async (_name, isTTY, env, isRed) => {
    let output = "";
    const stdin = new PassThrough();
    stdin.end("n\n");
    const stdout = { isTTY, write: (text: string) => ((output += text), true) };
    const process = {
      stdin,
      stdout,
      stderr: new PassThrough(),
      env,
      exitCode: 0,
      once: () => process,
      off: () => process,
    };
    const host = createHost(process as unknown as NodeJS.Process, () => performance.now());
    await runCommandLine(args, host, { now: () => NOW, appVersion: "0.1.0" });
    expect(process.exitCode).toBe(1);
    expect(output.includes("\u001b[31mDANGER: ga: key")).toBe(isRed);
    expect(output).toContain("DANGER: ga: key");
    expect(output).not.toContain("\u001b[31mThis change");
  });
});
