import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it, vi } from "vitest";
import { makeVaultctl } from "../../build/packaging/vaultctl.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { HARBOUR } from "../ops/support/publisher-fixture.ts";

// `vaultctl` as a publisher gets it: one file, installed by npm without a network, in a home of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const VERSION = "0.1.7";
const folder = suiteFolder();
const at = (...names: string[]) => join(folder(), ...names);
const program = () => at("prefix", "bin", "vaultctl");

beforeAll(() => {
  for (const name of ["home", "stick"]) mkdirSync(at(name), { recursive: true });
  const packed = makeVaultctl(VERSION, folder());
  const args = ["install", "--global", "--offline", "--prefix", at("prefix"), packed];
  execFileSync("npm", args, { env: environment(), stdio: ["ignore", "ignore", "inherit"] });
});

const environment = () => ({ PATH: process.env["PATH"], HOME: at("home") });

function vaultctl(...args: string[]): string {
  return execFileSync(program(), args, { env: environment(), encoding: "utf8", cwd: at("home") });
}

it("is small, and knows its version", () => {
  expect(statSync(at(`vaultctl-${VERSION}.tgz`)).size).toBeLessThan(12 << 20);
  expect(vaultctl("--version")).toBe(`${VERSION}\n`);
});

it("makes keys, packs a film, issues a license and checks both", () => {
  vaultctl("init", "--dev");
  vaultctl("pack", "--stick", at("stick"), "--label", "Films", "--no-trial", HARBOUR);
  // The byte-for-byte check runs in threads.
  expect(vaultctl("verify", at("stick"), "--trust", at("home", "usb-video-vault-keys", "public"))).toMatch(
    /^Films: generation 1, 4 parts, .*everything matches/,
  );
  const issue = ["license", "issue", "--stick", at("stick"), "--for", "C-0001", "--days", "30"];
  const license = JSON.parse(
    vaultctl(...issue, "--passphrase-file", at("one.txt"), "--out", at("one.uvvlic"), "--json"),
  ) as {
    ok: boolean;
  };
  expect(license.ok).toBe(true);
  expect(vaultctl("license", "inspect", at("one.uvvlic"))).toMatch(/C-0001/);
});

it("simulates a ring with the policy and the scenarios that it contains", () => {
  expect(vaultctl("ring", "simulate", "--scenario", "ring0-1-percent", "--fleets", "2")).toMatch(/^halted +100 %/m);
});

it("says what is missing where Node is too old", () => {
  const env = { ...environment(), PATH: "/usr/bin:/bin" };
  const old = spawnSync("node", ["--version"], { env, encoding: "utf8" });
  if (!/^v(?:1\d|2[0-3])\./.test(old.stdout)) throw new Error(`no old Node is here to try it with: ${old.stdout}`);
  const run = spawnSync(program(), ["--version"], { env, encoding: "utf8" });
  expect([run.status, run.stdout, run.stderr]).toEqual([1, "", expect.stringMatching(/^NODE_TOO_OLD: .*Node 24/)]);
});
