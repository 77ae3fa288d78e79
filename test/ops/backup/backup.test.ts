import { cpSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backupCommands } from "../support/backups.ts";
import { mountFat32, whyNoFat32 } from "../support/mounts.ts";
import { filesUnder, openPackedPublisher, type PublisherFixture, snapshot } from "../support/publisher-fixture.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let fixture: PublisherFixture;
let disk: string;
let commands: ReturnType<typeof backupCommands>;
const backUp = (...args: Parameters<typeof commands.backUp>) => commands.backUp(...args);
const issue = (...args: Parameters<typeof commands.issue>) => commands.issue(...args);

beforeEach(async () => {
  ({ fixture } = await openPackedPublisher());
  disk = fixture.newStick("disk");
  commands = backupCommands(fixture, disk);
});
afterEach(() => fixture.remove());

type Audited = { faults: string[]; against: { common: number; collisions: string[] } };

/** A copy that somebody makes with a file manager. */
function copyOf(keys: string, name: string): string {
  cpSync(keys, fixture.path(name), { recursive: true });
  return fixture.path(name);
}

describe("vaultctl backup", () => {
  it("copies everything that matters, proves it, and leaves nothing behind", async () => {
    const table = fixture.path("customers.csv");
    writeFileSync(table, "number,name\n17,Ann Lee\n");
    await succeed(["customer", "import", table, "--keys", fixture.keys]);
    await issue(fixture.keys, "C-1");
    const before = snapshot(fixture.keys);
    const { path, number, proof } = await backUp(fixture.keys, "--prove");
    expect(number).toBe(1);
    expect(proof).toMatchObject({ keys: 4, vaults: 1, entries: 1, licenses: 1, sticks: 1, customers: 1 });
    expect(snapshot(fixture.keys)).toEqual(before);
    const kept = Object.entries(before).filter(([name]) => !name.startsWith("private/locks/"));
    expect(snapshot(join(path, "files"))).toEqual(Object.fromEntries(kept));
    for (const name of filesUnder(join(path, "files")).filter((file) => !file.startsWith("public/"))) {
      expect(statSync(join(path, "files", name)).mode & 0o077, name).toBe(0);
    }
    expect(filesUnder(disk).filter((name) => /\/\.(?!.*lock)/.test(name))).toEqual([]);
  });

  it("says so if it is on the disk of the keys, as in the folder of a disk that is not mounted", async () => {
    const { stderr } = await vaultctl(["backup", "--keys", fixture.keys, "--to", disk]);
    expect(stderr).toMatch(/^Note: [^\n]*same disk as the keys/);
  });

  it.skipIf(whyNoFat32())("works on a disk with FAT32, and is restored from there", async () => {
    const fat = fixture.path("fat");
    const mount = await mountFat32(fixture.path("fat.img"), fat);
    const made = ["backup", "--keys", fixture.keys, "--to", fat, "--prove"];
    expect(await succeed(made)).toMatchObject({ number: 1, isOnSameDisk: false });
    expect(await succeed(made)).toMatchObject({ number: 2 });
    const target = fixture.path("from-fat");
    expect(await succeed(["restore", "--from", fat, "--keys", target])).toMatchObject({ number: 2, noted: true });
    await mount.unmount();
    for (const name of filesUnder(join(target, "private")))
      expect(statSync(join(target, "private", name)).mode & 0o077).toBe(0);
  });

  it("keeps the newest ten, and never uses a number again", async () => {
    for (let count = 1; count <= 12; count++) expect((await backUp(fixture.keys)).number).toBe(count);
    const folder = join(disk, "usb-video-vault-backups", readdirSync(join(disk, "usb-video-vault-backups"))[0]!);
    expect(readdirSync(folder).toSorted()).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index + 3).padStart(4, "0")),
    );
  });

  it("refuses what would be no backup", async () => {
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", fixture.stick])).toBe("KEYS_ON_STICK");
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", join(fixture.keys, "sticks")])).toBe("USAGE");
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", fixture.path("not-mounted")])).toBe("NOT_FOUND");
    symlinkSync("/etc/hostname", join(fixture.keys, "note"));
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", disk])).toBe("LINK_REFUSED");
    rmSync(join(fixture.keys, "note"));
    await issue(fixture.keys, "C-1");
    writeFileSync(join(fixture.keys, "register.jsonl"), "");
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", disk])).toBe("REGISTER_BROKEN");
    expect(filesUnder(disk)).toEqual([]);
  });

  it("is no proof if a key of it does not open", async () => {
    const file = join(fixture.keys, "private", "vaults", readdirSync(join(fixture.keys, "private", "vaults"))[0]!);
    writeFileSync(file, "{}");
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", disk, "--prove"])).toBe("KEYS_BROKEN");
    expect(filesUnder(disk)).toEqual([]);
  });
});

describe("two copies of one folder", () => {
  it("made with a file manager are told apart on the backup disk and by the audit, which names every collision", async () => {
    await issue(fixture.keys, "C-1");
    const copy = copyOf(fixture.keys, "copy");
    await issue(fixture.keys, "C-2");
    await succeed(["license", "revoke", "C-2", "--keys", fixture.keys]);
    await issue(copy, "C-3");
    await succeed(["license", "revoke", "C-3", "--keys", copy]);
    await succeed([
      "license",
      "renew",
      "C-1",
      "--keys",
      fixture.keys,
      "--days",
      "20",
      "--same-passphrase",
      fixture.path("C-1.txt"),
      "--out",
      fixture.path("r1"),
    ]);
    await succeed([
      "license",
      "renew",
      "C-1",
      "--keys",
      copy,
      "--days",
      "30",
      "--same-passphrase",
      fixture.path("C-1.txt"),
      "--out",
      fixture.path("r2"),
    ]);
    for (const keys of [fixture.keys, copy])
      expect(await succeed(["license", "audit", "--keys", keys])).toMatchObject({ faults: [] });
    const { json } = await vaultctl(["license", "audit", "--keys", fixture.keys, "--against", copy, "--json"]);
    expect(json).toMatchObject({ error: { code: "AUDIT_FAILED" }, against: { common: 1 } });
    const faults = (json as unknown as Audited).faults.map((fault) => fault.split(":")[0]);
    expect(faults).toEqual([
      "License number 2 was given out twice",
      "Revocation list 1 was signed twice",
      "License number 3 was given out twice",
    ]);
    const { path } = await backUp(fixture.keys);
    const answer = await vaultctl(["backup", "--keys", copy, "--to", disk]);
    expect(answer.stderr).toMatch(/^REGISTER_DIVERGED: [^\n]*--against [^\n]*0001\/files/);
    // The backup is compared as it is there.
    const inBackup = await vaultctl(["license", "audit", "--keys", copy, "--against", join(path, "files"), "--json"]);
    expect(inBackup.json).toMatchObject({ error: { code: "AUDIT_FAILED" }, against: { collisions: { length: 3 } } });
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    expect(await refusal(["license", "audit", "--keys", copy, "--against", fixture.path("stranger")])).toBe("USAGE");
  });

  it("an older one is no collision", async () => {
    await issue(fixture.keys, "C-1");
    const copy = copyOf(fixture.keys, "copy");
    await issue(fixture.keys, "C-2");
    for (const [one, other] of [
      [fixture.keys, copy],
      [copy, fixture.keys],
    ] as const) {
      expect(await succeed(["license", "audit", "--keys", one, "--against", other])).toMatchObject({
        against: { common: 1, collisions: [] },
      });
    }
    await backUp(fixture.keys);
    expect(await refusal(["backup", "--keys", copy, "--to", disk])).toBe("REGISTER_DIVERGED");
  });
});
