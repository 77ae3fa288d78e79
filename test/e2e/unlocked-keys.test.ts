import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import keytar from "keytar";
import { beforeAll, expect, it } from "vitest";
import { runVaultctl } from "../ops/support/vaultctl.ts";
import { suiteFolder } from "./suite-folder.ts";

// vaultctl on the private desktop's real keyring.
const SERVICE = "usb-video-vault-keys";
const folder = suiteFolder();
let keys: string;
let password: string;
let id: string;

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runVaultctl([...args, "--keys", keys, "--json"], env);
const codeOf = ({ json }: Awaited<ReturnType<typeof run>>) =>
  (json as { error?: { code: string } } | undefined)?.error?.code ?? "ok";
const check = async (env?: Record<string, string>) => codeOf(await run(["keys", "check"], env));
const unlock = (...more: string[]) => run(["keys", "unlock", "--password-file", password, ...more]);

beforeAll(async () => {
  [keys, password] = [join(folder(), "keys"), join(folder(), "password")];
  writeFileSync(password, "seven harbour lights", { mode: 0o600 });
  const init = ["keys", "init", "--dir", keys, "--password", "--password-file", password, "--json"];
  expect((await runVaultctl(init)).json).toMatchObject({ ok: true });
  id = (JSON.parse(readFileSync(join(keys, "private", "password.json"), "utf8")) as { id: string }).id;
});

it("asks for the password as long as the keys are not unlocked, and writes nothing to the keyring", async () => {
  expect(await check()).toBe("PASSWORD_MISSING");
  expect(await keytar.getPassword(SERVICE, id)).toBeNull();
});

it("does not ask while they are unlocked, and asks again once they are locked", async () => {
  expect((await unlock("--for", "30m")).json).toMatchObject({ ok: true });
  expect(await check()).toBe("ok");
  // Not for longer without the password.
  expect(codeOf(await run(["keys", "unlock"]))).toBe("PASSWORD_MISSING");
  await unlock();
  expect(codeOf(await run(["keys", "lock"]))).toBe("ok");
  expect(await check()).toBe("PASSWORD_MISSING");
  expect(await keytar.getPassword(SERVICE, id)).toBeNull();
});

it("ends when its time is over, whatever the file beside the keys says", async () => {
  await unlock("--for", "1m");
  const kept = JSON.parse((await keytar.getPassword(SERVICE, id))!) as { until: number };
  await keytar.setPassword(SERVICE, id, JSON.stringify({ ...kept, until: kept.until - 61 }));
  expect(await check()).toBe("PASSWORD_MISSING");
  await unlock("--for", "1m");
  const marker = join(keys, "private", "unlocked.json");
  writeFileSync(marker, JSON.stringify({ v: 1, until: 1 }));
  expect(await check()).toBe("PASSWORD_MISSING");
  expect(await keytar.getPassword(SERVICE, id)).toBeNull();
});

it("works without a keyring, by asking", async () => {
  const none = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" };
  const refused = await run(["keys", "unlock", "--password-file", password], none);
  expect(refused.json).toMatchObject({ error: { code: "KEYCHAIN_MISSING" } });
  await unlock();
  expect(await check(none)).toBe("PASSWORD_MISSING");
  expect(codeOf(await run(["keys", "check", "--password-file", password], none))).toBe("ok");
});

it("is not unlocked with a wrong password, or for longer than a day", async () => {
  await run(["keys", "lock"]);
  const wrong = join(folder(), "wrong");
  writeFileSync(wrong, "eight harbour lights", { mode: 0o600 });
  expect(codeOf(await run(["keys", "unlock", "--password-file", wrong]))).toBe("PASSWORD_WRONG");
  expect(codeOf(await unlock("--for", "25h"))).toBe("USAGE");
  expect(await check()).toBe("PASSWORD_MISSING");
});
