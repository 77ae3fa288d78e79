import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { recallFolders } from "../../../src-ops/cli/remembered-folders.ts";
import { TRUST_ROLES } from "../../../src-shared/jws/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { type Answer, PROJECT, refusal, vaultctl } from "../support/vaultctl.ts";

// Types every command of docs/publisher/key-ceremony.md as it is printed, on a computer without keys.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const page = readFileSync(join(PROJECT, "docs", "publisher", "key-ceremony.md"), "utf8");
const commands = [...page.matchAll(/^ *\$ (.+)$/gm)].map(([, command = ""]) => command);
const workingFolder = process.cwd();
let home: string;
const answers = new Map<string, Answer>();

beforeAll(async () => {
  home = temporaryFolder(afterAll);
  process.chdir(home);
  for (const name of ["A", "B", "DISK"]) mkdirSync(name);
  writeFileSync("password", "kept in an envelope\n", { mode: 0o600 });
  for (const [name, value] of Object.entries({
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    VAULTCTL_PASSWORD_FILE: join(home, "password"),
    VAULTCTL_KEYS: "",
    VAULTCTL_FEED: "",
  }))
    vi.stubEnv(name, value);
  for (const command of commands) {
    recallFolders(process.env);
    const [program, ...args] = command.split(" ");
    if (program !== "vaultctl") execFileSync(program as string, args);
    else answers.set(command, await vaultctl(args));
  }
});
afterAll(() => {
  process.chdir(workingFolder);
  vi.unstubAllEnvs();
});

it("has commands that all succeed", () => {
  expect([...answers].filter(([, { code }]) => code !== 0).map(([command, { stderr }]) => [command, stderr])).toEqual(
    [],
  );
  expect(commands.length).toBeGreaterThan(5);
});

it("leaves no parent key and no bundle of that person on the computer, and both copies open", async () => {
  expect(readdirSync("keys", { recursive: true, encoding: "utf8" }).filter((path) => /manifest/.test(path))).toEqual([
    join("public", "key-manifest.jwk.json"),
  ]);
  expect(readdirSync("bundles")).not.toContain("ann");
  expect(readdirSync("SAFE-1").toSorted()).toEqual(["feed-root.jwk.json", "feed-targets.jwk.json"]);
  expect(await refusal(["keys", "rotate", "--role", "license-issuer"])).toBe("KEYS_MISSING");
  const checks = [...answers].filter(([command]) => command.includes("keys check --parent"));
  expect(checks).toHaveLength(2);
  for (const [, { stdout }] of checks) expect(stdout.match(/opens$/gm)).toHaveLength(TRUST_ROLES.length);
});

it("prints the lines that the page shows, with other names of keys", () => {
  const [init = ""] = commands;
  const shown = [...page.matchAll(/^ {3}([a-z-]+ +)[a-z]{3}-\S+( +keys\S+)$/gm)].map(([, role, file]) => [role, file]);
  const printed = [...(answers.get(init)?.stdout ?? "").matchAll(/^([a-z-]+ +)[a-z]{3}-\S+( +keys\S+)$/gm)];
  expect(printed.map(([, role, file]) => [role, file])).toEqual(shown);
});

it("backs up all private keys that are left, those of the machines included", () => {
  const backup = answers.get("vaultctl backup --to DISK --prove");
  expect(backup?.stdout).toContain("Proved on a restored copy: 4 private keys");
  const files = readdirSync("DISK", { recursive: true, encoding: "utf8" });
  for (const bundle of ["ci", "release", "server"]) {
    expect(files.some((file) => file.includes(join("private", "feed", bundle)))).toBe(true);
  }
});
