import { describe, expect, it } from "vitest";
import type { LedgerUpdate } from "../../../src-shared/ledger/index.ts";
import { ok } from "../../../src-shared/result.ts";
import { testId } from "../../fakes/test-keys.ts";
import { LID, type LedgerFixture, licenseUpdate, type StoredItem } from "./ledger-fixture.ts";

type Tampering = "kept" | "deleted" | "restored" | "damaged" | "truncated" | "foreign";

// If both witnesses of a computer are restored to an older state, this computer knows no more than that (ADR 5).
const CASES: readonly (readonly [keychain: Tampering, file: Tampering, copy: Tampering, state: string, seq: number])[] =
  [
    ["kept", "kept", "deleted", "ready", 2],
    ["kept", "deleted", "deleted", "ready", 2],
    ["kept", "restored", "deleted", "ready", 2],
    ["kept", "damaged", "deleted", "ready", 2],
    ["kept", "truncated", "deleted", "ready", 2],
    ["kept", "foreign", "deleted", "ready", 2],
    ["restored", "kept", "deleted", "ready", 2],
    ["restored", "deleted", "kept", "ready", 2],
    ["restored", "restored", "kept", "ready", 2],
    ["kept", "kept", "restored", "ready", 2],
    ["kept", "kept", "damaged", "ready", 2],
    ["kept", "kept", "truncated", "ready", 2],
    ["kept", "kept", "foreign", "ready", 2],
    ["restored", "restored", "deleted", "ready", 1],
    ["restored", "deleted", "deleted", "ready", 1],
    ["deleted", "kept", "kept", "STATE_LOST", 0],
    ["deleted", "restored", "kept", "STATE_LOST", 0],
    ["deleted", "damaged", "kept", "STATE_LOST", 0],
    ["deleted", "truncated", "kept", "STATE_LOST", 0],
    ["damaged", "kept", "kept", "STATE_LOST", 0],
    ["damaged", "deleted", "deleted", "STATE_LOST", 0],
    ["truncated", "kept", "kept", "STATE_LOST", 0],
    ["truncated", "deleted", "deleted", "STATE_LOST", 0],
    ["deleted", "deleted", "deleted", "fresh", 0],
    ["deleted", "deleted", "kept", "fresh", 0],
  ];

const STATES: readonly Tampering[] = ["kept", "deleted", "restored", "damaged", "truncated", "foreign"];

/** The outcome for a ledger of which the keychain has only a part: in each row the files in the order of `STATES`. */
const LARGE: Readonly<Record<Tampering, readonly string[]>> = {
  kept: ["ready 2", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST"],
  restored: ["ready 2", "STATE_LOST", "ready 1", "STATE_LOST", "STATE_LOST", "STATE_LOST"],
  deleted: ["STATE_LOST", "fresh", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST"],
  damaged: ["STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST"],
  truncated: ["STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST"],
  foreign: ["STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST", "STATE_LOST"],
};
const LARGE_CASES = STATES.flatMap((keychain) =>
  STATES.map((file, i) => [keychain, file, LARGE[keychain][i] ?? ""] as const),
);

/** More names than the keychain has space for. */
const MANY = new Map(
  Array.from({ length: 100 }, (_, i) => [`role of a delegation ${i}`, { generation: 1, sequence: i }]),
);

/** Every witness in every possible state: the same table for the fake keychain and for the real one. */
export function describeWitnesses(name: string, newFixture: () => LedgerFixture): void {
  describe(`${name}: a start of the app (${CASES.length + LARGE_CASES.length} states of the witnesses)`, () => {
    it.each(CASES)("with the keychain %s, the file %s, the copy %s is %s at seq %i", async (...row) => {
      const [keychain, file, copy, state, seq] = row;
      const fixture = newFixture();
      const earlier = await commitTwice(fixture);
      await tamper(fixture.keychain, keychain, earlier.keychain);
      await tamper(fixture.file, file, earlier.file);
      await tamper(fixture.copy, copy, earlier.copy);

      const ledger = fixture.start();
      expect(await ledger.open()).toBe(state);
      await ledger.mergeStickCopy(fixture.stick);
      expect(ledger.head().licenses.get(LID)?.sequence ?? 0).toBe(seq);
      if (state === "ready") await expectEachWitnessComplete(fixture, seq);
    });

    it.each(LARGE_CASES)("of a large ledger with the keychain %s and the file %s is %s", async (...row) => {
      const [keychain, file, outcome] = row;
      const fixture = newFixture();
      const earlier = await commitTwice(fixture, {
        updates: { roles: MANY, rings: new Map(), halts: new Map(), halted: new Map() },
      });
      await tamper(fixture.keychain, keychain, earlier.keychain);
      await tamper(fixture.file, file, earlier.file);
      const ledger = fixture.start();
      const state = await ledger.open();
      const { licenses, updates } = ledger.head();
      expect(state === "ready" ? `ready ${licenses.get(LID)?.sequence}` : state).toBe(outcome);
      if (state === "ready") expect(updates.roles.size).toBe(MANY.size);
    });

    it("is STATE_LOST with no witness left if this computer was activated", async () => {
      const fixture = newFixture();
      await commitTwice(fixture);
      await fixture.keychain.remove();
      await fixture.file.remove();
      const ledger = fixture.start({ wasActivated: async () => ok(true) });
      expect(await ledger.open()).toBe("STATE_LOST");
      expect(await ledger.commit(licenseUpdate(1))).toEqual({ ok: false, error: "STATE_LOST" });
      expect([await fixture.keychain.get(), await fixture.file.get()]).toEqual([null, null]);
    });

    it("logs what it repaired, and nothing if there was nothing to repair", async () => {
      const fixture = newFixture();
      const earlier = await commitTwice(fixture);
      await fixture.start().open();
      expect(fixture.logged.filter(({ event }) => event === "ledger.repaired")).toEqual([]);
      await tamper(fixture.keychain, "restored", earlier.keychain);
      await fixture.start().open();
      await fixture.file.remove();
      await fixture.start().open();
      expect(fixture.logged.filter(({ event }) => event === "ledger.repaired")).toMatchObject([
        { witness: "keychain" },
        { witness: "file" },
      ]);
    });
  });
}

/** Commits two good verdicts; returns the content of every witness after the first. */
async function commitTwice(
  fixture: LedgerFixture,
  more: Partial<LedgerUpdate> = {},
): Promise<Record<"keychain" | "file" | "copy", string>> {
  const ledger = fixture.start();
  expect(await ledger.commit(licenseUpdate(1, more), fixture.stick)).toEqual(ok(undefined));
  await ledger.idle();
  const [keychain, file, copy] = await Promise.all(
    [fixture.keychain, fixture.file, fixture.copy].map((thing) => thing.get()),
  );
  if (!keychain || !file || !copy) throw new Error("a witness was not written");
  expect(await ledger.commit(licenseUpdate(2), fixture.stick)).toEqual(ok(undefined));
  await ledger.idle();
  return { keychain, file, copy };
}

async function tamper(thing: StoredItem, tampering: Tampering, earlier: string): Promise<void> {
  const now = (await thing.get()) ?? "";
  switch (tampering) {
    case "kept":
      return;
    case "deleted":
      return thing.remove();
    case "restored":
      return thing.put(earlier);
    case "damaged":
      // The `seq` of the license, lowered by hand: the seal is no longer valid.
      expect(now).toContain(`"${LID}",1,2,`);
      return thing.put(now.replace(`"${LID}",1,2,`, `"${LID}",1,1,`));
    case "truncated":
      return thing.put(now.slice(0, now.length / 2));
    case "foreign":
      return thing.put(now.replace(/"installId":"\w+"/, `"installId":"${testId("other install")}"`));
  }
}

/** Removes each witness in turn: the other one has everything. */
async function expectEachWitnessComplete(fixture: LedgerFixture, seq: number): Promise<void> {
  const keychain = (await fixture.keychain.get()) ?? "";
  await fixture.file.remove();
  const fromKeychain = fixture.start();
  await fromKeychain.open();
  expect(fromKeychain.head().licenses.get(LID)?.sequence).toBe(seq);
  expect(keychain.length).toBeLessThanOrEqual(2560);
  const file = await fixture.file.get();
  expect(file).toContain(`"${LID}",1,${seq},`);
}
