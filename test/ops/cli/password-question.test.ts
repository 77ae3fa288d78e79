import { spawnSync } from "node:child_process";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";
import { PROJECT, succeed } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PASSWORD = "seven harbour lights at noon";
let fixture: PublisherFixture;
let password: string;
/** A copy of the fixture's key folder, with a password. */
let sealed: string;

beforeAll(async () => {
  fixture = await openPublisherFixture();
  password = fixture.path("password");
  writeFileSync(password, PASSWORD, { mode: 0o600 });
  sealed = copyOfKeys("sealed");
  await succeed(["keys", "protect", "--keys", sealed, "--password-file", password]);
});
afterAll(() => fixture.remove());

function copyOfKeys(name: string): string {
  cpSync(fixture.keys, fixture.path(name), { recursive: true });
  return fixture.path(name);
}

describe("on a terminal", () => {
  type Shown = { readonly shown: string; readonly echo: boolean; readonly ended: boolean; readonly unasked: number };
  type Step = { readonly after: string; readonly press: string };

  function onTerminal(args: readonly string[], steps: readonly Step[]): Shown {
    const program = [process.execPath, join(PROJECT, "src-ops", "cli", "main.ts"), ...args];
    const input = JSON.stringify({ program, steps, env: { VAULTCTL_PASSWORD_FILE: "" } });
    const script = join(PROJECT, "test", "ops", "support", "terminal.py");
    const { stdout, stderr } = spawnSync("/usr/bin/python3", [script], { input, encoding: "utf8" });
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as Shown;
  }

  it("a new password is asked for twice, and not shown", async () => {
    const keys = copyOfKeys("typed");
    const steps = [
      { after: "New password", press: `${PASSWORD}\r` },
      { after: "once more", press: `${PASSWORD}\r` },
    ];
    const { shown, echo, ended, unasked } = onTerminal(["keys", "protect", "--keys", keys], steps);
    expect({ echo, ended, unasked }).toEqual({ echo: true, ended: true, unasked: 0 });
    expect(shown).toContain("Sealed: ");
    expect(shown).not.toContain("harbour");
    await succeed(["keys", "check", "--keys", keys, "--password-file", password]);
  });

  it("two different ones change nothing", () => {
    const keys = copyOfKeys("differ");
    const steps = [
      { after: "New password", press: `${PASSWORD}\r` },
      { after: "once more", press: "another harbour light\r" },
    ];
    expect(onTerminal(["keys", "protect", "--keys", keys], steps).shown).toContain("PASSWORD_UNFIT");
    expect(existsSync(join(keys, "private", "password.json"))).toBe(false);
  });

  it("the password may be wrong twice, is edited with backspace, and is asked for once in a command", () => {
    const steps = [
      { after: "Password of", press: "wrong\r" },
      { after: "Wrong password. ", press: "\r" },
      { after: "Wrong password. ", press: `${PASSWORD}xy\u007f\u007f\r` },
    ];
    const { shown, unasked } = onTerminal(["keys", "check", "--keys", sealed], steps);
    expect(unasked).toBe(0);
    expect(shown.match(/Password of|Wrong password/g)).toHaveLength(5);
    expect(shown).toMatch(/vault-publisher +vlt-\S+ +opens/);
    expect(shown).not.toContain("harbour");
  });

  it.each([
    ["Ctrl-C", "half a pass\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("%s ends the question, and the terminal shows again what is typed", (_key, press) => {
    const { shown, echo, ended } = onTerminal(["keys", "check", "--keys", sealed], [{ after: "Password of", press }]);
    expect({ echo, ended }).toEqual({ echo: true, ended: true });
    expect(shown).toContain("INTERRUPTED");
    expect(shown).not.toContain("half");
  });
});
