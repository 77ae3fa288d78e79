import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { backupCommands } from "../ops/support/backups.ts";
import { openPackedPublisher, type PublisherFixture } from "../ops/support/publisher-fixture.ts";
import { type Answer, PROJECT, runVaultctl, succeed, vaultctl } from "../ops/support/vaultctl.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const KILL = { NODE_OPTIONS: `--import ${pathToFileURL(join(PROJECT, "test", "fakes", "kill-at.mjs")).href}` };
/** So many moments of each command, from its first step to its last. */
const MOMENTS = 12;

let fixture: PublisherFixture;
let disk: string;
let commands: ReturnType<typeof backupCommands>;
const backUp = (...args: Parameters<typeof commands.backUp>) => commands.backUp(...args);
const restore = (...args: Parameters<typeof commands.restore>) => commands.restore(...args);
const issue = (...args: Parameters<typeof commands.issue>) => commands.issue(...args);

beforeEach(async () => {
  ({ fixture } = await openPackedPublisher());
  disk = fixture.newStick("disk");
  commands = backupCommands(fixture, disk);
});
afterEach(() => fixture.remove());

/** Kills a command at moments of its course. `round` is 0 for the run that counts its steps, which is not killed. */
async function killAtSteps(argsFor: (round: number) => readonly string[], check: (round: number) => Promise<void>) {
  const env = { ...KILL, HOME: fixture.folder, XDG_CONFIG_HOME: fixture.path("config") };
  const counted = await runVaultctl(argsFor(0), env);
  const steps = Number(/steps (\d+)/.exec(counted.stderr)?.[1]);
  expect(steps).toBeGreaterThan(8);
  for (let at = 1; at <= steps; at += Math.ceil(steps / MOMENTS)) {
    rmSync(fixture.path("config"), { recursive: true, force: true });
    const when = { UVV_KILL_AT: `${at}`, UVV_KILL_WHEN: at % 2 === 0 ? "before" : "half" };
    expect((await runVaultctl(argsFor(at), { ...env, ...when })).code).toBeNull();
    await check(at);
  }
}

it("a backup leaves only whole backups, and the next one cleans up", async () => {
  const folder = join(
    disk,
    "usb-video-vault-backups",
    (await succeed<{ issuer: string }>(["keys", "check", "--keys", fixture.keys])).issuer,
  );
  await killAtSteps(
    () => ["backup", "--keys", fixture.keys, "--to", disk, "--prove", "--json"],
    async () => {
      for (const name of readdirSync(folder).filter((entry) => existsSync(join(folder, entry, "backup.jws")))) {
        const target = fixture.path(`from-${name}`);
        await restore(target, "--number", String(Number(name)));
        rmSync(target, { recursive: true });
        // Otherwise the next backup would be that of a replaced folder.
        for (const note of readdirSync(folder).filter((entry) => entry.startsWith("generation-")))
          rmSync(join(folder, note));
      }
    },
  );
  await backUp(fixture.keys, "--prove");
  const numbered = readdirSync(folder).filter((name) => /^\d/.test(name));
  expect(numbered.filter((name) => !existsSync(join(folder, name, "backup.jws")))).toEqual([]);
  expect(readdirSync(fixture.keys).filter((name) => name.startsWith("."))).toEqual([]);
});

it("a restore leaves no folder, or a whole one, and the next one cleans up", async () => {
  await issue(fixture.keys, "C-1");
  await backUp(fixture.keys);
  await killAtSteps(
    (round) => ["restore", "--from", disk, "--keys", fixture.path(`restored-${round}`), "--json"],
    async (round) => {
      const target = fixture.path(`restored-${round}`);
      if (!existsSync(target)) await restore(target);
      expect(await succeed(["license", "audit", "--keys", target])).toMatchObject({ licenses: 1, faults: [] });
      expect(readdirSync(fixture.folder).filter((name) => name.startsWith(`restored-${round}.`))).toEqual([]);
    },
  );
});

const codeOf = ({ json }: Answer) => (json as { error?: { code: string } } | undefined)?.error?.code ?? "ok";

it("keys protect leaves keys that work as before, or that the same command finishes", async () => {
  const password = fixture.path("password");
  writeFileSync(password, "seven harbour lights at noon\n", { mode: 0o600 });
  const keysOf = (round: number) => fixture.path(`protected-${round}`);
  const protect = (round: number) => {
    if (!existsSync(keysOf(round))) cpSync(fixture.keys, keysOf(round), { recursive: true });
    return ["keys", "protect", "--keys", keysOf(round), "--password-file", password, "--json"];
  };
  const check = (round: number, ...more: string[]) =>
    vaultctl(["keys", "check", "--keys", keysOf(round), ...more, "--json"]);
  const seen = new Set<string>();
  await killAtSteps(protect, async (round) => {
    const without = codeOf(await check(round));
    expect(["ok", "KEYS_UNPROTECTED", "PASSWORD_MISSING"]).toContain(without);
    seen.add(without);
    expect(codeOf(await vaultctl(protect(round)))).toBe("ok");
    expect(codeOf(await check(round, "--password-file", password))).toBe("ok");
  });
  expect(seen).toContain("ok");
  expect(seen).toContain("KEYS_UNPROTECTED");
});

it("stick player leaves a stick that the same command finishes", async () => {
  const dist = fixture.path("dist");
  mkdirSync(dist);
  for (const name of ["usb-video-vault-0.1.0-win-x64.zip", "usb-video-vault_0.1.0_amd64.deb"]) {
    writeFileSync(join(dist, name), name.repeat(10_000));
  }
  const stickOf = (round: number) => fixture.path(`stick-${round}`);
  const player = (round: number) => {
    if (!existsSync(stickOf(round))) cpSync(fixture.stick, stickOf(round), { recursive: true });
    return ["stick", "player", "--keys", fixture.keys, "--stick", stickOf(round), "--from", dist, "--json"];
  };
  await killAtSteps(player, async (round) => {
    expect(codeOf(await vaultctl(player(round)))).toBe("ok");
    const checked = await succeed(["verify", stickOf(round), "--trust", fixture.trust]);
    expect(checked).toMatchObject({ app: { version: "0.1.0" }, faults: [], extras: [] });
  });
});
