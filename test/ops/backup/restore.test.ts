import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backupCommands, failureCode, type Restored } from "../support/backups.ts";
import { filesUnder, openPackedPublisher, type PublisherFixture, snapshot } from "../support/publisher-fixture.ts";
import { refusal, runVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

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

type Audited = { against: { common: number; collisions: string[] } };

describe("vaultctl restore", () => {
  it("gives back a folder that works, of the next generation, and fences the one before by what sticks carry", async () => {
    await issue(fixture.keys, "C-1");
    await backUp(fixture.keys);
    const fresh = fixture.path("restored");
    const restored = await restore(fresh);
    expect(restored).toMatchObject({ generation: 2, number: 1, noted: true });
    expect(await succeed(["license", "audit", "--keys", fresh])).toMatchObject({ licenses: 1, faults: [] });
    const { seq } = await issue(fresh, "C-2");
    expect(seq).toBe(restored.firstSeq);
    await succeed(["keys", "publish", "--keys", fresh, "--stick", fixture.stick]);
    expect(await refusal(commands.issueArgs(fixture.keys, "C-3"))).toBe("KEYS_OUTDATED");
    // Once more: the numbers of the lists rise in the same way.
    await succeed(["license", "revoke", "C-2", "--keys", fresh, "--stick", fixture.stick]);
    expect(await succeed(["license", "audit", "--keys", fresh])).toMatchObject({ faults: [] });
  });

  it("gives no number twice: not by the folder before, nor by two folders from one backup", async () => {
    for (let count = 1; count <= 3; count++) await issue(fixture.keys, `C-${count}`);
    await backUp(fixture.keys);
    const [a, b] = [fixture.path("a"), fixture.path("b")];
    const [first, second] = [await restore(a), await restore(b)];
    expect([first.generation, second.generation]).toEqual([2, 3]);
    const seqs = [await issue(fixture.keys, "C-4"), await issue(a, "C-5"), await issue(b, "C-6")].map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(3);
    expect(await succeed<Audited>(["license", "audit", "--keys", a, "--against", b])).toMatchObject({
      against: { common: 3, collisions: [] },
    });
  });

  it("gives no number twice even if the disk was copied, or cannot be written", async () => {
    await issue(fixture.keys, "C-1");
    await backUp(fixture.keys);
    const copy = fixture.path("disk-copy");
    cpSync(disk, copy, { recursive: true });
    const one = await restore(fixture.path("a"));
    const other = await succeed<Restored>(["restore", "--from", copy, "--keys", fixture.path("b")]);
    expect([one.generation, other.generation]).toEqual([2, 2]);
    expect(one.firstSeq).not.toBe(other.firstSeq);
    expect(Math.abs(one.firstSeq - other.firstSeq)).toBeGreaterThanOrEqual(1_000_000);
  });

  it("lets the folder before learn of it from the disk, and remember it", async () => {
    await issue(fixture.keys, "C-1");
    await backUp(fixture.keys);
    await restore(fixture.path("restored"));
    const answer = await vaultctl(["backup", "--keys", fixture.keys, "--to", disk]);
    expect(answer.stderr).toMatch(/^FOLDER_FENCED: [^\n]*generation 2[^\n]*newest backup, or of this folder/);
    rmSync(disk, { recursive: true });
    for (const args of [
      commands.issueArgs(fixture.keys, "C-2"),
      ["license", "revoke", "--keys", fixture.keys, "C-1"],
      ["keys", "rotate", "--role", "license-issuer", "--keep-old", "--keys", fixture.keys],
    ]) {
      expect(await refusal(args)).toBe("FOLDER_FENCED");
    }
    expect(existsSync(fixture.path("C-2.uvvlic"))).toBe(false);
  });

  it("lets every folder on the same computer know at once", async () => {
    const env = { HOME: fixture.folder, XDG_CONFIG_HOME: fixture.path("config"), VAULTCTL_KEYS: "" };
    const run = (args: readonly string[]) => runVaultctl([...args, "--json"], env);
    expect(failureCode(await run(["backup", "--keys", fixture.keys, "--to", disk]))).toBe("ok");
    expect(failureCode(await run(commands.issueArgs(fixture.keys, "C-1")))).toBe("ok");
    const restored = fixture.path("restored");
    expect(failureCode(await run(["restore", "--from", disk, "--keys", restored]))).toBe("ok");
    expect(failureCode(await run(commands.issueArgs(fixture.keys, "C-2")))).toBe("FOLDER_FENCED");
    const known = fixture.path("config", "usb-video-vault", "generations.json");
    const text = readFileSync(known, "utf8");
    writeFileSync(known, text.slice(1));
    expect(failureCode(await run(commands.issueArgs(fixture.keys, "C-2")))).toBe("KEYS_BROKEN");
    writeFileSync(known, text);
    expect(failureCode(await run(["license", "issue", ...commands.issueArgs(restored, "C-3").slice(4)]))).toBe("ok");
    // The way out if that folder is lost, too.
    rmSync(restored, { recursive: true });
    const again = await run(["restore", "--from", disk, "--keys", fixture.path("again")]);
    expect(again.json).toMatchObject({ ok: true, generation: 3 });
    expect(failureCode(await run(["keys", "check"]))).toBe("ok");
  });

  it("keeps the password, and asks for it", async () => {
    const password = fixture.path("password");
    writeFileSync(password, "seven harbour lights", { mode: 0o600 });
    const options = ["--password-file", password];
    await succeed(["keys", "protect", "--keys", fixture.keys, ...options]);
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", disk])).toBe("PASSWORD_MISSING");
    await backUp(fixture.keys, "--prove", ...options);
    const target = fixture.path("restored");
    expect(await refusal(["restore", "--from", disk, "--keys", target])).toBe("PASSWORD_MISSING");
    expect(existsSync(target)).toBe(false);
    await restore(target, ...options);
    expect(await succeed(["keys", "check", "--keys", target, ...options])).toMatchObject({ sealed: true });
    const all = [disk, target].flatMap((folder) =>
      filesUnder(folder).map((name) => readFileSync(join(folder, name), "utf8")),
    );
    expect(all.filter((text) => /"d":|"kek"/.test(text))).toEqual([]);
  });

  it("writes nothing for a backup that is damaged, incomplete, or has more than was signed, and names every fault", async () => {
    await issue(fixture.keys, "C-1");
    await backUp(fixture.keys);
    const { path } = await backUp(fixture.keys);
    const target = fixture.path("restored");
    const files = join(path, "files");
    writeFileSync(join(files, "register.head"), "{}");
    rmSync(join(files, "private", "vault-publisher.jwk.json"));
    writeFileSync(join(files, "more"), "");
    const answer = await vaultctl(["restore", "--from", disk, "--keys", target, "--json"]);
    expect(answer.json).toMatchObject({
      error: { code: "BACKUP_BROKEN", message: expect.stringContaining("--number") },
      faults: { length: 3 },
    });
    expect(existsSync(target)).toBe(false);
    expect(await restore(target, "--number", "1")).toMatchObject({ number: 1 });
    const manifest = join(path, "backup.jws");
    const token = readFileSync(manifest, "utf8");
    writeFileSync(manifest, token.replace(/\.[^.]{10}/, ".AAAAAAAAAA"));
    expect(await refusal(["restore", "--from", disk, "--keys", fixture.path("b"), "--number", "2"])).toBe(
      "BACKUP_BROKEN",
    );
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    const strange = [
      "restore",
      "--from",
      disk,
      "--keys",
      fixture.path("c"),
      "--number",
      "1",
      "--trust",
      fixture.path("stranger", "public"),
    ];
    expect(await refusal(strange)).toBe("BACKUP_BROKEN");
  });

  it("never writes over keys, onto a stick, or into a checkout", async () => {
    await backUp(fixture.keys);
    const from = ["restore", "--from", disk, "--keys"];
    const before = snapshot(fixture.keys);
    expect(await refusal([...from, fixture.keys])).toBe("KEYS_EXIST");
    expect(snapshot(fixture.keys)).toEqual(before);
    expect(await refusal([...from, join(fixture.stick, "keys")])).toBe("KEYS_ON_STICK");
    expect(await refusal(["restore", "--from", fixture.folder, "--keys", fixture.path("x")])).toBe("BACKUP_MISSING");
    expect(await refusal([...from, fixture.path("x"), "--number", "7"])).toBe("BACKUP_MISSING");
    expect(existsSync(fixture.path("x"))).toBe(false);
    mkdirSync(fixture.path("empty"));
    await restore(fixture.path("empty"));
  });

  it("makes a copy of a key folder, or one that was replaced, the folder that goes on", async () => {
    await issue(fixture.keys, "C-1");
    await backUp(fixture.keys);
    await restore(fixture.path("tried"));
    await issue(fixture.keys, "C-2");
    expect(await refusal(["backup", "--keys", fixture.keys, "--to", disk])).toBe("FOLDER_FENCED");
    // The restored one was only looked at: the license C-2 must not be lost.
    const keys = fixture.path("again");
    const again = ["restore", "--from", fixture.keys, "--keys", keys];
    expect(await succeed(again)).toMatchObject({ generation: 3, number: null, noted: true, proof: { licenses: 2 } });
    expect(await succeed(["license", "audit", "--keys", keys])).toMatchObject({ licenses: 2, faults: [] });
    await issue(keys, "C-3");
    expect((await backUp(keys)).number).toBe(2);
    expect(await refusal(["backup", "--keys", fixture.path("tried"), "--to", disk])).toBe("FOLDER_FENCED");
    expect(await refusal(commands.issueArgs(fixture.keys, "C-4"))).toBe("FOLDER_FENCED");
    expect(await refusal([...again.with(4, fixture.path("other")), "--number", "1"])).toBe("USAGE");
  });

  it("is not forgotten when the register is lost, and started again from the license files", async () => {
    await issue(fixture.keys, "C-1");
    await backUp(fixture.keys);
    const keys = fixture.path("restored");
    const { firstSeq } = await restore(keys);
    for (const name of ["register.jsonl", "register.head"]) rmSync(join(keys, name));
    const again = ["license", "restore", fixture.path("C-1.uvvlic"), "--keys", keys, "--first-seq", "10"];
    const { firstSeq: next } = await succeed<{ firstSeq: number }>(again);
    // Not the numbers of the folder before, and above those of this one.
    expect(next).toBeGreaterThan(firstSeq);
    expect((await issue(keys, "C-2")).seq).toBe(next);
    expect(await succeed(["license", "audit", "--keys", keys])).toMatchObject({ faults: [] });
  });

  it("works from a disk that cannot be written", async () => {
    await backUp(fixture.keys);
    const folder = join(disk, "usb-video-vault-backups", readdirSync(join(disk, "usb-video-vault-backups"))[0]!);
    chmodSync(folder, 0o500);
    // Permissions count for root, too, without these capabilities.
    const within = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];
    const args = ["restore", "--from", disk, "--keys", fixture.path("restored")];
    const env = { HOME: fixture.folder, XDG_CONFIG_HOME: fixture.path("config") };
    expect(await succeed(args, env, within)).toMatchObject({ noted: false, generation: 2 });
    chmodSync(folder, 0o700);
    expect(await restore(fixture.path("other"))).toMatchObject({ noted: true });
  });
});
