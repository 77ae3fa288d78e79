import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openPublisherFixture, type PublisherFixture, snapshot } from "../support/publisher-fixture.ts";
import { makeLockCheap } from "../support/cheap-lock.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const LOCK = join("private", "password.json");
let fixture: PublisherFixture;
let oldPassword: string;
let newPassword: string;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  oldPassword = passwordFile("old", "seven harbour lights at noon");
  newPassword = passwordFile("new", "a lighthouse and nine gulls");
});
afterAll(() => fixture.remove());

function passwordFile(name: string, content: string): string {
  writeFileSync(fixture.path(name), `${content}\n`);
  chmodSync(fixture.path(name), 0o600);
  return fixture.path(name);
}

/** A copy of the keys, and a copy of their parent key in a safe place, under the old password. */
async function sealedKeys(name: string): Promise<{ keys: string; safe: string }> {
  const [keys, safe] = [fixture.path(name), fixture.path(`${name}-safe`)];
  cpSync(fixture.keys, keys, { recursive: true });
  cpSync(join(keys, "private", "offline"), safe, { recursive: true });
  await succeed(["keys", "protect", "--keys", keys, "--parent", safe, "--password-file", oldPassword]);
  await makeLockCheap("seven harbour lights at noon", join(keys, "private"), safe);
  return { keys, safe };
}

function change(keys: string, from: string, to: string, ...more: string[]): string[] {
  return ["keys", "password", "--keys", keys, "--password-file", from, "--new-password-file", to, ...more];
}

const check = (keys: string, password: string, ...more: string[]) => {
  return ["keys", "check", "--keys", keys, "--password-file", password, ...more];
};

it("changes it for the keys and the named copies of the parent key, and leaves the keys themselves as they are", async () => {
  const { keys, safe } = await sealedKeys("changed");
  const before = snapshot(keys);
  await succeed(change(keys, oldPassword, newPassword, "--parent", safe));
  expect(await refusal(check(keys, oldPassword))).toBe("PASSWORD_WRONG");
  await succeed(check(keys, newPassword));
  await succeed(check(fixture.keys, newPassword, "--parent", safe));
  const after = snapshot(keys);
  expect(after[LOCK]).not.toBe(before[LOCK]);
  expect({ ...after, [LOCK]: before[LOCK] }).toEqual(before);
});

it("is refused if the new password is the present one, unless a copy of the parent key gets it", async () => {
  const { keys, safe } = await sealedKeys("same");
  const before = snapshot(keys);
  expect(await refusal(change(keys, oldPassword, oldPassword))).toBe("PASSWORD_UNFIT");
  expect(snapshot(keys)).toEqual(before);
  // The folder has the new password already, and the copy in the safe follows.
  await succeed(change(keys, oldPassword, newPassword));
  await succeed(change(keys, newPassword, newPassword, "--parent", safe));
  await succeed(check(fixture.keys, newPassword, "--parent", safe));
});

it("says what is wrong with a file in another encoding", async () => {
  const { keys } = await sealedKeys("encodings");
  for (const [name, encoding] of [
    ["latin", "latin1"],
    ["utf-16", "utf16le"],
  ] as const) {
    const path = passwordFile(name, "");
    writeFileSync(path, Buffer.from("nouveau mot de passé\n", encoding));
    const { json } = await vaultctl([...change(keys, oldPassword, path), "--json"]);
    expect(json).toMatchObject({
      error: { code: "PASSWORD_UNFIT", message: expect.stringContaining("UTF-8") as string },
    });
  }
});

it("is refused without the password of until now, and changes nothing", async () => {
  const { keys } = await sealedKeys("unchanged");
  const before = snapshot(keys);
  expect(await refusal(change(keys, newPassword, newPassword))).toBe("PASSWORD_WRONG");
  expect(await refusal(change(keys, oldPassword, passwordFile("weak", "short")))).toBe("PASSWORD_UNFIT");
  expect(await refusal(change(keys, oldPassword, newPassword, "--parent", fixture.path("nowhere")))).toBe("NOT_FOUND");
  expect(snapshot(keys)).toEqual(before);
  expect(await refusal(change(fixture.keys, oldPassword, newPassword))).toBe("USAGE");
});
