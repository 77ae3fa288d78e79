import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { recallFolders } from "../../../src-ops/cli/remembered-folders.ts";
import { type Answer, PROJECT, refusal, runVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000 });

/** The environment of a user whose home is empty. */
function newUser() {
  const home = temporaryFolder();
  return { home, env: { HOME: home, XDG_CONFIG_HOME: join(home, ".config"), VAULTCTL_KEYS: "" } };
}

/** Runs as this user, in this process. An empty variable counts as none. */
async function run(args: readonly string[], env: Record<string, string>): Promise<Answer> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  recallFolders(process.env);
  try {
    return await vaultctl([...args, "--json"]);
  } finally {
    vi.unstubAllEnvs();
  }
}
/** The same as a process. */
const runProcess = (args: readonly string[], env: Record<string, string>) => runVaultctl([...args, "--json"], env);

describe("vaultctl init", () => {
  it("makes keys in the home folder, moves the parent key to two places, and every command then finds them", async () => {
    const { home, env } = newUser();
    const [first, second] = [join(home, "safe-1"), join(home, "safe-2")];
    const made = await runProcess(["init", "--parent-to", first, "--parent-to", second], env);
    const folder = join(home, "usb-video-vault-keys");
    expect(made.json).toMatchObject({ ok: true, dir: folder, dev: false });
    const parents = [first, second].map((place) => join(place, "key-manifest.jwk.json"));
    expect(made.json).toMatchObject({ parentKeys: parents });
    expect(readFileSync(parents[0]!, "utf8")).toBe(readFileSync(parents[1]!, "utf8"));
    for (const file of parents) expect(statSync(file).mode & 0o077).toBe(0);
    expect(existsSync(join(folder, "private", "offline", "key-manifest.jwk.json"))).toBe(false);
    const checked = await run(["keys", "check", "--parent", first], env);
    expect(checked.json).toMatchObject({
      ok: true,
      keys: expect.arrayContaining([expect.objectContaining({ role: "key-manifest" })]),
    });
    expect((await runProcess(["stick", "list"], env)).json).toMatchObject({ ok: true, sticks: [] });
    expect((await run(["init"], env)).json).toMatchObject({ error: { code: "KEYS_EXIST" } });
  });

  it("is not needed for a folder that an option or the environment names", async () => {
    const { home, env } = newUser();
    await succeed(["keys", "init", "--dir", join(home, "a"), "--dev"]);
    await run(["init", join(home, "b"), "--dev"], env);
    const issuerOf = async (args: readonly string[], more: Record<string, string> = {}) => {
      const { json } = await run(["keys", "check", ...args], { ...env, ...more });
      return JSON.stringify((json as { keys?: unknown } | undefined)?.keys);
    };
    const [a, b] = [await issuerOf(["--keys", join(home, "a")]), await issuerOf([])];
    expect(a).not.toBe(b);
    expect(await issuerOf([], { VAULTCTL_KEYS: join(home, "a") })).toBe(a);
    const asProcess = await runProcess(["keys", "check"], { ...env, VAULTCTL_KEYS: join(home, "a") });
    expect(JSON.stringify((asProcess.json as { keys?: unknown }).keys)).toBe(a);
    expect(await issuerOf(["--keys", join(home, "b")], { VAULTCTL_KEYS: join(home, "a") })).toBe(b);
  });

  it("says what is missing if no keys were made, or the memory of them is damaged", async () => {
    const { home, env } = newUser();
    expect((await run(["stick", "list"], env)).json).toMatchObject({
      error: { code: "USAGE", message: expect.stringMatching(/--keys/) },
    });
    mkdirSync(join(home, ".config", "usb-video-vault"), { recursive: true });
    writeFileSync(join(home, ".config", "usb-video-vault", "vaultctl.json"), '{"keys":');
    expect((await run(["stick", "list"], env)).json).toMatchObject({ error: { code: "USAGE" } });
  });

  it("makes nothing if the parent key cannot be moved", async () => {
    const { home, env } = newUser();
    const safe = join(home, "safe");
    mkdirSync(safe);
    writeFileSync(join(safe, "key-manifest.jwk.json"), "another publisher's");
    expect((await run(["init", "--parent-to", safe], env)).json).toMatchObject({ error: { code: "FILE_EXISTS" } });
    const inside = join(home, "usb-video-vault-keys", "private");
    expect((await run(["init", "--parent-to", inside], env)).json).toMatchObject({ error: { code: "USAGE" } });
    expect(existsSync(join(home, "usb-video-vault-keys"))).toBe(false);
    expect(readFileSync(join(safe, "key-manifest.jwk.json"), "utf8")).toBe("another publisher's");
  });

  it("makes no real keys in a checkout of source code, and development keys there", async () => {
    const checkout = temporaryFolder();
    mkdirSync(join(checkout, ".git"));
    const folder = join(checkout, "some", "keys");
    expect(await refusal(["keys", "init", "--dir", folder])).toBe("KEYS_IN_CHECKOUT");
    expect(existsSync(folder)).toBe(false);
    await succeed(["keys", "init", "--dir", folder, "--dev"]);
  });
});

it("shows its version, and suggests what was probably meant", async () => {
  const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };
  expect((await runVaultctl(["--version"])).stdout).toBe(`${version}\n`);
  const wrong = await runVaultctl(["license", "renwe"]);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(/unknown command 'renwe'\. Did you mean renew\? See --help\.\n$/),
  ]);
  expect((await runVaultctl(["stick", "list", "--keys", "x", "--jsom"])).stderr).toMatch(/Did you mean --json\?/);
});
