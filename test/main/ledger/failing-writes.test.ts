import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type FileSteps, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { NOW } from "../../fakes/issuer.ts";
import { LID, memoryLedgerFixture, SECRET, licenseUpdate } from "./ledger-fixture.ts";

const DONE = ok(undefined);

describe("a failed write", () => {
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const failing = (step: keyof FileSteps): FileSteps => ({
    ...nodeFileSteps,
    [step]: async (...args: Parameters<FileSteps["close"]>) => {
      if (step === "close") await nodeFileSteps.close(...args);
      throw full;
    },
  });

  it.each(["makeFolder", "create", "write", "sync", "close", "rename", "syncFolder"] as const)(
    "at %s is refused, loses nothing, and is retried",
    async (step) => {
      const fixture = memoryLedgerFixture();
      await fixture.start().commit(licenseUpdate(1));
      const ledger = fixture.start({ files: failing(step) });
      expect(await ledger.commit(licenseUpdate(2))).toEqual(err("STATE_NOT_WRITTEN"));
      expect(ledger.head().licenses.get(LID)?.sequence).toBe(2);
      expect(await ledger.commit(licenseUpdate(2))).toEqual(err("STATE_NOT_WRITTEN"));
      const next = fixture.start();
      expect(await next.open()).toBe("ready");
      expect(next.head().licenses.get(LID)?.sequence).toBeGreaterThanOrEqual(1);
      expect(await next.commit(licenseUpdate(2))).toEqual(DONE);
      expect(fixture.logged.filter(({ event }) => event === "ledger.not-written")).toHaveLength(2);
    },
  );

  it("to the keychain is refused with the keychain's code, and the file is not written before it", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(1));
    const secrets = { ...fixture.secrets, write: async () => err("STORE_LOCKED" as const) };
    expect(await fixture.start({ secrets }).commit(licenseUpdate(2))).toEqual(err("STORE_LOCKED"));
    const next = fixture.start();
    expect(await next.open()).toBe("ready");
    expect(next.head().licenses.get(LID)?.sequence).toBe(2);
    expect(await fixture.keychain.get()).toContain(`"${LID}",1,2,`);
  });

  it("leaves nothing behind if it is the very first one", async () => {
    const fixture = memoryLedgerFixture();
    expect(await fixture.start({ files: failing("write") }).begin()).toEqual(err("STATE_NOT_WRITTEN"));
    const next = fixture.start();
    expect(await next.open()).toBe("ready");
    expect(await next.commit(licenseUpdate(1))).toEqual(DONE);
  });

  it("of the first key writes no file: nothing could ever verify it", async () => {
    const fixture = memoryLedgerFixture();
    const secrets = { ...fixture.secrets, write: async () => err("STORE_LOCKED" as const) };
    expect(await fixture.start({ secrets }).commit(licenseUpdate(1))).toEqual(err("STORE_LOCKED"));
    expect(await fixture.file.get()).toBeNull();
    expect(await fixture.start().open()).toBe("fresh");
  });

  it("to the stick is not refused: the stick may be read-only", async () => {
    const fixture = memoryLedgerFixture();
    const files: FileSteps = {
      ...nodeFileSteps,
      create: (path) =>
        path.startsWith(fixture.stick.root)
          ? Promise.reject(Object.assign(new Error("read-only"), { code: "EROFS" }))
          : nodeFileSteps.create(path),
    };
    const ledger = fixture.start({ files });
    expect(await ledger.commit(licenseUpdate(1), fixture.stick)).toEqual(DONE);
    await ledger.idle();
    expect(fixture.logged.at(-1)).toEqual({ event: "ledger.no-copy", code: "EROFS" });
  });

  it("is also reported if a file is in place of the folder", async () => {
    const fixture = memoryLedgerFixture();
    writeFileSync(fixture.ports.folder, "in the way");
    const ledger = fixture.start();
    expect(await ledger.commit(licenseUpdate(1))).toMatchObject({ ok: false });
    expect(ledger.head().licenses.get(LID)?.sequence).toBe(1);
  });
});

describe("a keychain that cannot be read", () => {
  it.each(["STORE_LOCKED", "STORE_NONE"] as const)(
    "is %s: nothing is written, the session remembers",
    async (fault) => {
      const fixture = memoryLedgerFixture();
      await fixture.start().commit(licenseUpdate(1));
      const before = [await fixture.keychain.get(), await fixture.file.get()];
      fixture.secrets.fault = fault;
      const ledger = fixture.start();
      expect(await ledger.open()).toBe(fault);
      expect(await ledger.commit(licenseUpdate(3), fixture.stick)).toEqual(err(fault));
      expect(ledger.head().licenses.get(LID)?.sequence).toBe(3);
      fixture.secrets.fault = undefined;
      expect([await fixture.keychain.get(), await fixture.file.get()]).toEqual(before);
    },
  );

  it("is read again only on request, and then what the session has seen is written", async () => {
    const fixture = memoryLedgerFixture();
    fixture.secrets.fault = "STORE_LOCKED";
    const ledger = fixture.start();
    await ledger.commit(licenseUpdate(3));
    fixture.secrets.fault = undefined;
    expect(await ledger.open()).toBe("STORE_LOCKED");
    expect(await ledger.open({ again: true })).toBe("fresh");
    expect(await ledger.commit({ now: NOW })).toEqual(DONE);
    expect(await fixture.file.get()).toContain(`"${LID}",1,3,`);
  });

  it("refuses while it is locked during a session, and goes on afterwards", async () => {
    const fixture = memoryLedgerFixture();
    const ledger = fixture.start();
    await ledger.commit(licenseUpdate(1));
    fixture.secrets.fault = "STORE_LOCKED";
    expect(await ledger.commit(licenseUpdate(2))).toEqual(err("STORE_LOCKED"));
    fixture.secrets.fault = undefined;
    expect(await ledger.commit(licenseUpdate(2))).toEqual(DONE);
    expect(await fixture.keychain.get()).toContain(`"${LID}",1,2,`);
  });

  it("gets its entry back at the next write if it lost the entry while the app runs", async () => {
    const fixture = memoryLedgerFixture();
    const ledger = fixture.start();
    await ledger.commit(licenseUpdate(1));
    fixture.secrets.secrets.delete(SECRET);
    expect(await ledger.commit(licenseUpdate(2))).toEqual(DONE);
    const next = fixture.start();
    expect(await next.open()).toBe("ready");
    expect(next.head().licenses.get(LID)?.sequence).toBe(2);
  });
});
