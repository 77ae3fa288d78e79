import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FileSteps, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { composeFile, parseEntry } from "../../../src-main/ledger/formats.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { DAY, HOUR } from "../../../src-shared/units.ts";
import { NOW } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { LID, memoryLedgerFixture, licenseUpdate } from "./ledger-fixture.ts";

const DONE = ok(undefined);

/** Records every step of a write in one list, including the writes to the keychain. */
function withNotes(fixture: ReturnType<typeof memoryLedgerFixture>) {
  const notes: string[] = [];
  const note =
    <A extends unknown[], R>(name: string, step: (...args: A) => R) =>
    (...args: A): R => {
      notes.push(name);
      return step(...args);
    };
  const files: FileSteps = {
    ...nodeFileSteps,
    write: note("write", nodeFileSteps.write),
    sync: note("sync", nodeFileSteps.sync),
    rename: (from, to) => {
      notes.push(`rename ${to.startsWith(fixture.stick.root) ? "copy" : "file"}`);
      return nodeFileSteps.rename(from, to);
    },
    syncFolder: note("sync folder", nodeFileSteps.syncFolder),
  };
  const secrets = { ...fixture.secrets, write: note("keychain", fixture.secrets.write) };
  return { notes, ledger: fixture.start({ files, secrets }) };
}

const FILE = ["write", "sync", "rename file", "sync folder"];
const COPY = ["write", "sync", "rename copy", "sync folder"];

describe("a write", () => {
  it("goes to the file, the keychain and the stick, in this order, each made durable", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(1));
    const { notes, ledger } = withNotes(fixture);
    expect(await ledger.commit(licenseUpdate(2), fixture.stick)).toEqual(DONE);
    await ledger.idle();
    expect(notes).toEqual([...FILE, "keychain", ...COPY]);
  });

  it("stores the key in the keychain before the first file: a file without it would be a lost state", async () => {
    const { notes, ledger } = withNotes(memoryLedgerFixture());
    expect(await ledger.begin()).toEqual(DONE);
    expect(notes).toEqual(["keychain", ...FILE, "keychain"]);
  });

  it("happens only if a counter rose", async () => {
    const fixture = memoryLedgerFixture();
    const first = fixture.start();
    await first.commit(licenseUpdate(2), fixture.stick);
    await first.idle();
    const { notes, ledger } = withNotes(fixture);
    await ledger.commit(licenseUpdate(2), fixture.stick);
    await ledger.commit(licenseUpdate(1), fixture.stick);
    await ledger.commit({ now: NOW + HOUR - 1 }, fixture.stick);
    await ledger.begin();
    await ledger.idle();
    expect(notes).toEqual([]);
    await ledger.commit({ now: NOW + HOUR });
    expect(notes).toEqual([...FILE, "keychain"]);
  });

  it("raises the number of the write, and never lowers a counter", async () => {
    const fixture = memoryLedgerFixture();
    const genOf = async () =>
      (JSON.parse(((await fixture.file.get()) ?? "").split(".")[0] ?? "") as { gen: number }).gen;
    const ledger = fixture.start();
    await ledger.commit(licenseUpdate(5));
    const gen = await genOf();
    await ledger.commit(licenseUpdate(3, { licenseEpoch: 1 }));
    expect(await genOf()).toBe(gen + 1);
    expect(ledger.head().licenses.get(LID)?.sequence).toBe(5);
  });

  it("leaves no temporary file", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(1));
    expect(readdirSync(fixture.ports.folder).toSorted()).toEqual(["ledger.json", "lock"]);
  });

  it("preserves what a newer build wrote, in the file and in the keychain", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(1));
    const { key, finding } = parseEntry((await fixture.keychain.get()) ?? "");
    if (!key || finding.kind !== "good") throw new Error("the keychain is not good");
    const newer = { ...finding.record, unknown: { playWindows: { "a.b": [1, 2] } } };
    await fixture.file.put(composeFile(key, newer, [finding.digest]));
    await fixture.start().commit(licenseUpdate(2));
    for (const witness of [fixture.file, fixture.keychain]) {
      expect(await witness.get()).toContain('"playWindows":{"a.b":[1,2]}');
      expect(await witness.get()).toContain(`"${LID}",1,2,`);
    }
  });

  it("never needs more than 2,560 bytes of the keychain", async () => {
    const fixture = memoryLedgerFixture();
    const ledger = fixture.start();
    for (let i = 0; i < 100; i++) {
      const payloadHash = testId(`${i}`).padEnd(43, "A");
      const license = { id: testId(`license ${i}`), generation: 1, sequence: i, payloadHash };
      const manifest = { stickId: testId(`stick ${i}`), generation: 1, sequence: i, payloadHash };
      await ledger.commit({ now: NOW, license, manifest });
    }
    expect(Buffer.byteLength((await fixture.keychain.get()) ?? "")).toBeLessThanOrEqual(2560);
    const next = fixture.start();
    await next.open();
    expect(next.head().licenses.size).toBe(100);
    await fixture.file.remove();
    const rebuilt = fixture.start();
    expect(await rebuilt.open()).toBe("STATE_LOST");
    expect(rebuilt.head().licenses.size).toBeGreaterThanOrEqual(18);
    expect(rebuilt.head().licenses.get(testId("license 99"))?.sequence).toBe(99);
  });
});

describe("the keychain's 2,560 bytes", () => {
  it.each([
    ["a long path", "f".repeat(240), 0],
    ["a path that is too long to be stored", join("f".repeat(200), "f".repeat(180)), 0],
    ["a path outside ASCII", "été ".repeat(25), 0],
    ["counters of an update feed that do not fit", "f", 300],
  ])("are enough for %s", async (_what, name, roles) => {
    const fixture = memoryLedgerFixture();
    const folder = join(fixture.ports.folder, name);
    const counters = Array.from({ length: roles }, (_, i) => [`role ${i}`, { generation: 1, sequence: 1 }] as const);
    const updates = { roles: new Map(counters), rings: new Map(), halts: new Map(), halted: new Map() };
    expect(await fixture.start({ folder }).commit(licenseUpdate(1, { updates }))).toEqual(DONE);
    expect(Buffer.byteLength((await fixture.keychain.get()) ?? "")).toBeLessThanOrEqual(2560);
    const next = fixture.start({ folder });
    expect(await next.open()).toBe("ready");
    expect(next.head().updates.roles.size).toBe(roles);
    expect(next.head().licenses.get(LID)?.sequence).toBe(1);
  });
});

describe("two instances at once", () => {
  it("make a single record of their first writes", async () => {
    const fixture = memoryLedgerFixture();
    const ledgers = [fixture.start(), fixture.start(), fixture.start()];
    const results = await Promise.all(ledgers.map((ledger, i) => ledger.commit({ now: NOW, licenseEpoch: i })));
    expect(results).toEqual([DONE, DONE, DONE]);
    const next = fixture.start();
    expect(await next.open()).toBe("ready");
    expect(next.head().licenseEpoch).toBe(2);
  });

  it("do not undo each other", async () => {
    const fixture = memoryLedgerFixture();
    const [one, two] = [fixture.start(), fixture.start()];
    await Promise.all([one.open(), two.open()]);
    for (let i = 1; i <= 10; i++) {
      const other = { id: testId("other"), generation: 1, sequence: i, payloadHash: testId("p") };
      await Promise.all([one.commit(licenseUpdate(i)), two.commit({ now: NOW, license: other })]);
    }
    const next = fixture.start();
    await next.open();
    expect([LID, testId("other")].map((id) => next.head().licenses.get(id)?.sequence)).toEqual([10, 10]);
    expect(fixture.logged.filter(({ event }) => event === "ledger.repaired")).toEqual([]);
  });
});

describe("after a loss", () => {
  async function lose() {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(9));
    await fixture.keychain.remove();
    const ledger = fixture.start();
    expect(await ledger.open()).toBe("STATE_LOST");
    return { fixture, ledger };
  }

  it("writes nothing until it is started over", async () => {
    const { fixture, ledger } = await lose();
    expect(await ledger.begin()).toEqual(err("STATE_LOST"));
    expect(await ledger.commit(licenseUpdate(1))).toEqual(err("STATE_LOST"));
    expect(await fixture.keychain.get()).toBeNull();
  });

  it("is detected between the start and the first write", async () => {
    const fixture = memoryLedgerFixture();
    const ledger = fixture.start();
    expect(await ledger.open()).toBe("fresh");
    await fixture.file.put("left by another install");
    expect(await ledger.commit(licenseUpdate(1))).toEqual(err("STATE_LOST"));
    expect(await fixture.file.get()).toBe("left by another install");
  });

  it("is started over with another key and another installation id", async () => {
    const { fixture, ledger } = await lose();
    const before = await fixture.file.get();
    expect(await ledger.startOver()).toEqual(DONE);
    expect(await ledger.commit(licenseUpdate(1))).toEqual(DONE);
    expect(await fixture.start().open()).toBe("ready");
    const installOf = (text: string | null) => /"installId":"(\w+)"/.exec(text ?? "")?.[1];
    expect(installOf(await fixture.file.get())).not.toBe(installOf(before));
  });

  it("is the only situation in which it can be started over", async () => {
    const fixture = memoryLedgerFixture();
    const ledger = fixture.start();
    await ledger.commit(licenseUpdate(9));
    expect(await ledger.startOver()).toEqual(DONE);
    expect(await fixture.file.get()).toContain(`"${LID}",1,9,`);
  });
});

describe("the clock", () => {
  it("keeps the latest local time, and a signed time resets it", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(1, { signedTime: NOW }));
    await fixture.start().commit({ now: NOW + 9000 * DAY });
    const wrong = fixture.start();
    await wrong.open();
    expect(wrong.head()).toMatchObject({ trustedTime: NOW, seenTime: NOW + 9000 * DAY });
    const keychain = await fixture.keychain.get();
    await wrong.commit(licenseUpdate(2, { now: NOW + 2 * DAY, signedTime: NOW + DAY }));
    // A crash between the two writes would leave the wrong time in the keychain: it must not return.
    await fixture.keychain.put(keychain ?? "");
    const right = fixture.start();
    await right.open();
    expect(right.head()).toMatchObject({ trustedTime: NOW + DAY, seenTime: NOW + 2 * DAY });
  });
});
