import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createLedger } from "../../../src-main/ledger/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { mountMemory } from "../../ops/support/mounts.ts";
import { LID, memoryLedgerFixture, licenseUpdate } from "./ledger-fixture.ts";

// A real file system that is really full.
it("refuses on a full disk, keeps what was stored, and goes on when there is space", async ({ skip }) => {
  const fixture = memoryLedgerFixture();
  const disk = join(temporaryFolder(), "small");
  const unmount = mountMemory(disk, "size=64k");
  if (!unmount) return skip("mounting a tmpfs is not allowed here");
  onTestFinished(unmount);
  const ports = { ...fixture.ports, folder: join(disk, "ledger") };
  expect(await createLedger(ports).commit(licenseUpdate(1))).toEqual(ok(undefined));
  const ballast = join(disk, "ballast");
  fill(ballast);

  expect(await createLedger(ports).commit(licenseUpdate(2))).toEqual(err("STATE_NOT_WRITTEN"));
  const next = createLedger(ports);
  expect(await next.open()).toBe("ready");
  expect(next.head().licenses.get(LID)?.sequence).toBe(1);
  expect(readdirSync(ports.folder).toSorted()).toEqual(["ledger.json", "lock"]);

  rmSync(ballast);
  expect(await next.commit(licenseUpdate(2))).toEqual(ok(undefined));
  const after = createLedger(ports);
  await after.open();
  expect(after.head().licenses.get(LID)?.sequence).toBe(2);
});

it("refuses the first record on a full disk, and does not report a lost state afterwards", async ({ skip }) => {
  const fixture = memoryLedgerFixture();
  const disk = join(temporaryFolder(), "small");
  const unmount = mountMemory(disk, "size=64k");
  if (!unmount) return skip("mounting a tmpfs is not allowed here");
  onTestFinished(unmount);
  const ballast = join(disk, "ballast");
  fill(ballast);
  const ports = { ...fixture.ports, folder: join(disk, "ledger") };
  expect(await createLedger(ports).begin()).toEqual(err("STATE_NOT_WRITTEN"));
  rmSync(ballast);
  const next = createLedger(ports);
  expect(["fresh", "ready"]).toContain(await next.open());
  expect(await next.commit(licenseUpdate(1))).toEqual(ok(undefined));
});

it("refuses in a read-only folder", async ({ skip }) => {
  if (process.getuid?.() === 0)
    return skip("root may write everywhere; a file in the folder's place is tested instead");
  const fixture = memoryLedgerFixture();
  await fixture.start().commit(licenseUpdate(1));
  chmodSync(fixture.ports.folder, 0o500);
  onTestFinished(() => chmodSync(fixture.ports.folder, 0o700));
  expect(await fixture.start().commit(licenseUpdate(2))).toEqual(err("STATE_NOT_WRITTEN"));
});

it("refuses on a file system that is mounted read-only, but opens what is stored", async ({ skip }) => {
  const fixture = memoryLedgerFixture();
  const disk = join(temporaryFolder(), "read-only");
  const unmount = mountMemory(disk, "size=256k");
  if (!unmount) return skip("mounting a tmpfs is not allowed here");
  onTestFinished(unmount);
  const ports = { ...fixture.ports, folder: join(disk, "ledger") };
  mkdirSync(ports.folder);
  expect(await createLedger(ports).commit(licenseUpdate(1))).toEqual(ok(undefined));
  execFileSync("mount", ["-o", "remount,ro", disk]);
  const ledger = createLedger(ports);
  expect(await ledger.open()).toBe("ready");
  expect(await ledger.commit(licenseUpdate(1))).toEqual(ok(undefined));
  expect(await ledger.commit(licenseUpdate(2))).toEqual(err("STATE_NOT_WRITTEN"));
});

function fill(path: string): void {
  for (let size = 64 * 1024; size > 0; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}
