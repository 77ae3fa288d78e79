import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseEntry } from "../../../src-main/ledger/formats.ts";
import { createWitnesses } from "../../../src-main/ledger/witnesses.ts";
import { isReturned, returnedCounter } from "../../../src-shared/ledger/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { KIB } from "../../../src-shared/units.ts";
import { NOW } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { LID, licenseUpdate, memoryLedgerFixture } from "./ledger-fixture.ts";

const COUNTER = { generation: 1, sequence: 5 };

/** More licenses than the keychain has space for. */
const MANY = 50;

type Fixture = ReturnType<typeof memoryLedgerFixture>;
type Started = ReturnType<Fixture["start"]>;

/** A viewer returns one license and uses many others afterwards: the return is no longer in the keychain. */
async function busyComputer(): Promise<Fixture> {
  const fixture = memoryLedgerFixture();
  const ledger = fixture.start();
  await ledger.commit({ now: NOW, license: { id: LID, ...returnedCounter(COUNTER) } });
  await useLicenses(ledger, MANY);
  expect(await fixture.keychain.get()).not.toContain(LID);
  return fixture;
}

async function useLicenses(ledger: Started, count: number, prefix = "license"): Promise<void> {
  for (let i = 1; i <= count; i++) {
    const payloadHash = testId(`${prefix} payload ${i}`).padEnd(43, "A");
    await ledger.commit({
      now: NOW,
      license: { id: testId(`${prefix} ${i}`), generation: 1, sequence: i, payloadHash },
    });
  }
}

/** Whether the app refuses to go on, or still knows that the license was returned. */
async function isSafe(ledger: Started): Promise<boolean> {
  const state = await ledger.open();
  const seen = ledger.head().licenses.get(LID);
  return state === "STATE_LOST" || (state === "ready" && seen !== undefined && isReturned(seen));
}

const ATTACKS: readonly (readonly [what: string, attack: (fixture: Fixture) => Promise<Started>])[] = [
  [
    "deletes the file",
    async (fixture) => {
      await fixture.file.remove();
      return fixture.start();
    },
  ],
  [
    "damages the file",
    async (fixture) => {
      await fixture.file.put("spoilt");
      return fixture.start();
    },
  ],
  [
    "brings back an older file",
    async () => {
      const fixture = memoryLedgerFixture();
      await fixture.start().begin();
      const older = (await fixture.file.get()) ?? "";
      const ledger = fixture.start();
      await ledger.commit({ now: NOW, license: { id: LID, ...returnedCounter(COUNTER) } });
      await useLicenses(ledger, MANY);
      await fixture.file.put(older);
      return fixture.start();
    },
  ],
  [
    "keeps a file of many writes whose keychain entry was never written, and uses it after a return",
    async () => {
      const fixture = memoryLedgerFixture();
      await useLicenses(fixture.start(), MANY);
      const before = (await fixture.file.get()) ?? "";
      // The app is killed after each write of the file: only the file's number rises.
      for (let i = 1; i <= MANY + 5; i++) {
        const secrets = { ...fixture.secrets, write: async () => err("STORE_LOCKED" as const) };
        await fixture.start({ secrets }).commit({ now: NOW, licenseEpoch: i });
      }
      const ahead = (await fixture.file.get()) ?? "";
      await fixture.file.put(before);
      const ledger = fixture.start();
      await ledger.commit({ now: NOW, license: { id: LID, ...returnedCounter(COUNTER) } });
      await useLicenses(ledger, MANY, "later");
      await fixture.file.put(ahead);
      return fixture.start();
    },
  ],
  [
    "starts with an empty data folder",
    async (fixture) => fixture.start({ folder: join(fixture.ports.folder, "..", "b") }),
  ],
  [
    "renames the data folder and starts with an empty one",
    async (fixture) => {
      renameSync(fixture.ports.folder, `${fixture.ports.folder}.away`);
      return fixture.start();
    },
  ],
  [
    "starts with a copy of the data folder from before",
    async () => {
      const fixture = memoryLedgerFixture();
      await fixture.start().begin();
      const copy = join(fixture.ports.folder, "..", "copy");
      mkdirSync(copy);
      const text = (await fixture.file.get()) ?? "";
      const ledger = fixture.start();
      await ledger.commit({ now: NOW, license: { id: LID, ...returnedCounter(COUNTER) } });
      await useLicenses(ledger, MANY);
      await fixture.file.put(text);
      renameSync(join(fixture.ports.folder, "ledger.json"), join(copy, "ledger.json"));
      return fixture.start({ folder: copy });
    },
  ],
  [
    "lets another data folder write until the keychain has forgotten the return, and goes back",
    async (fixture) => {
      const other = fixture.start({ folder: join(fixture.ports.folder, "..", "b") });
      await useLicenses(other, MANY, "of the other folder");
      await fixture.file.remove();
      return fixture.start();
    },
  ],
  [
    "deletes the file while the app runs, and starts it again after the next write",
    async (fixture) => {
      const stale = fixture.start();
      await stale.open();
      await fixture.start().commit({ now: NOW, licenseEpoch: 1 });
      await fixture.file.remove();
      await stale.commit({ now: NOW, licenseEpoch: 2 });
      await useLicenses(stale, 3, "after");
      return fixture.start();
    },
  ],
];

describe(`a viewer who wants a returned license back: ${ATTACKS.length} of ${ATTACKS.length} attacks`, () => {
  it.each(ATTACKS)("%s", async (_what, attack) => {
    expect(await isSafe(await attack(await busyComputer()))).toBe(true);
  });
});

describe("10,000 returned licenses", () => {
  it("are all still returned at the next start, and a deleted file is a lost state", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().begin();
    const { key, finding } = parseEntry((await fixture.keychain.get()) ?? "");
    if (!key || finding.kind !== "good") throw new Error("the keychain is not good");
    const returned = Array.from(
      { length: 10_000 },
      (_, i) => [testId(`returned ${i}`), returnedCounter(COUNTER)] as const,
    );
    const head = { ...finding.record.head, licenses: new Map(returned) };
    const { folder } = fixture.ports;
    const record = { ...finding.record, head };
    const witnesses = createWitnesses(fixture.ports);
    await witnesses.writeFile({ key, folder, record }, [finding.digest]);
    await witnesses.writeKeychain({ key, folder, record });

    const ledger = fixture.start();
    expect(await ledger.open()).toBe("ready");
    expect(await ledger.commit(licenseUpdate(1), fixture.stick)).toEqual(ok(undefined));
    await ledger.idle();
    const next = fixture.start();
    expect(await next.open()).toBe("ready");
    const { licenses } = next.head();
    expect(returned.filter(([id]) => isReturned(licenses.get(id) ?? COUNTER))).toHaveLength(10_000);
    expect((await fixture.copy.get())?.length).toBeLessThan(256 * KIB);
    await fixture.file.remove();
    expect(await fixture.start().open()).toBe("STATE_LOST");
  });
});

describe("two data folders of one user", () => {
  it("share one ledger: neither loses what the other has seen", async () => {
    const fixture = memoryLedgerFixture();
    const other = join(fixture.ports.folder, "..", "b");
    await useLicenses(fixture.start(), MANY, "first");
    const second = fixture.start({ folder: other });
    expect(await second.open()).toBe("ready");
    await useLicenses(second, MANY, "second");
    for (const folder of [fixture.ports.folder, other]) {
      const ledger = fixture.start({ folder });
      expect(await ledger.open()).toBe("ready");
      expect(ledger.head().licenses.size).toBe(2 * MANY);
    }
  });

  it("do not undo each other if both are open at once", async () => {
    const fixture = memoryLedgerFixture();
    await useLicenses(fixture.start(), MANY);
    const two = [fixture.start(), fixture.start({ folder: join(fixture.ports.folder, "..", "b") })];
    await Promise.all(two.map((ledger) => ledger.open()));
    await Promise.all(two.map((ledger, i) => useLicenses(ledger, 20, `of ${i}`)));
    const next = fixture.start();
    expect(await next.open()).toBe("ready");
    expect(next.head().licenses.size).toBe(MANY + 40);
  });

  it("may be moved and renamed", async () => {
    const fixture = memoryLedgerFixture();
    await useLicenses(fixture.start(), MANY);
    const moved = join(fixture.ports.folder, "..", "moved");
    renameSync(fixture.ports.folder, moved);
    const ledger = fixture.start({ folder: moved });
    expect(await ledger.open()).toBe("ready");
    await ledger.commit(licenseUpdate(7));
    expect(existsSync(fixture.ports.folder)).toBe(false);
    const again = fixture.start({ folder: moved });
    expect(await again.open()).toBe("ready");
    expect(again.head().licenses.size).toBe(MANY + 1);
  });

  it("continue with few licenses after the first folder was deleted", async () => {
    const fixture = memoryLedgerFixture();
    await fixture.start().commit(licenseUpdate(2));
    rmSync(fixture.ports.folder, { recursive: true });
    const ledger = fixture.start({ folder: join(fixture.ports.folder, "..", "b") });
    expect(await ledger.open()).toBe("ready");
    expect(ledger.head().licenses.get(LID)?.sequence).toBe(2);
  });
});
