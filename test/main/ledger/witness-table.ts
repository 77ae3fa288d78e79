import { describe, expect, it } from "vitest";
import { ok } from "../../../src-shared/result.ts";
import { testId } from "../../fakes/test-keys.ts";
import { LID, type LedgerFixture, licenseUpdate, type StoredItem } from "./ledger-fixture.ts";

type Tampering = "kept" | "deleted" | "set back" | "spoilt" | "cut short" | "foreign";

// Where both witnesses of a computer are set back to an earlier day, that day is all it knows: said in ADR 5, and here.
const CASES: readonly (readonly [keychain: Tampering, file: Tampering, copy: Tampering, state: string, seq: number])[] =
  [
    ["kept", "kept", "deleted", "ready", 2],
    ["kept", "deleted", "deleted", "ready", 2],
    ["kept", "set back", "deleted", "ready", 2],
    ["kept", "spoilt", "deleted", "ready", 2],
    ["kept", "cut short", "deleted", "ready", 2],
    ["kept", "foreign", "deleted", "ready", 2],
    ["set back", "kept", "deleted", "ready", 2],
    ["set back", "deleted", "kept", "ready", 2],
    ["set back", "set back", "kept", "ready", 2],
    ["kept", "kept", "set back", "ready", 2],
    ["kept", "kept", "spoilt", "ready", 2],
    ["kept", "kept", "cut short", "ready", 2],
    ["kept", "kept", "foreign", "ready", 2],
    ["set back", "set back", "deleted", "ready", 1],
    ["set back", "deleted", "deleted", "ready", 1],
    ["deleted", "kept", "kept", "STATE_LOST", 0],
    ["deleted", "set back", "kept", "STATE_LOST", 0],
    ["deleted", "spoilt", "kept", "STATE_LOST", 0],
    ["deleted", "cut short", "kept", "STATE_LOST", 0],
    ["spoilt", "kept", "kept", "STATE_LOST", 0],
    ["spoilt", "deleted", "deleted", "STATE_LOST", 0],
    ["cut short", "kept", "kept", "STATE_LOST", 0],
    ["cut short", "deleted", "deleted", "STATE_LOST", 0],
    ["deleted", "deleted", "deleted", "fresh", 0],
    ["deleted", "deleted", "kept", "fresh", 0],
  ];

/** Every witness, in every state it can be found in: the same table for the fake keychain and for the real one. */
export function describeWitnesses(name: string, newFixture: () => LedgerFixture): void {
  describe(`${name}: a start of the app`, () => {
    it.each(CASES)("with the keychain %s, the file %s, the copy %s is %s at seq %i", async (...row) => {
      const [keychain, file, copy, state, seq] = row;
      const fixture = newFixture();
      const earlier = await live(fixture);
      await tamper(fixture.keychain, keychain, earlier.keychain);
      await tamper(fixture.file, file, earlier.file);
      await tamper(fixture.copy, copy, earlier.copy);

      const ledger = fixture.start();
      expect(await ledger.open()).toBe(state);
      await ledger.mergeStickCopy(fixture.stick);
      expect(ledger.head().licenses.get(LID)?.sequence ?? 0).toBe(seq);
      if (state === "ready") await expectEachHolds(fixture, seq);
    });

    it("with nothing left is STATE_LOST where this computer was activated", async () => {
      const fixture = newFixture();
      await live(fixture);
      await fixture.keychain.remove();
      await fixture.file.remove();
      const ledger = fixture.start({ wasActivated: async () => ok(true) });
      expect(await ledger.open()).toBe("STATE_LOST");
      expect(await ledger.commit(licenseUpdate(1))).toEqual({ ok: false, error: "STATE_LOST" });
      expect([await fixture.keychain.get(), await fixture.file.get()]).toEqual([null, null]);
    });

    it("logs what it repaired, and nothing where there was nothing to repair", async () => {
      const fixture = newFixture();
      const earlier = await live(fixture);
      await fixture.start().open();
      expect(fixture.logged.filter(({ event }) => event === "ledger.repaired")).toEqual([]);
      await tamper(fixture.keychain, "set back", earlier.keychain);
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

/** Two good verdicts; gives what lay everywhere after the first. */
async function live(fixture: LedgerFixture): Promise<Record<"keychain" | "file" | "copy", string>> {
  const ledger = fixture.start();
  expect(await ledger.commit(licenseUpdate(1), fixture.stick)).toEqual(ok(undefined));
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
    case "set back":
      return thing.put(earlier);
    case "spoilt":
      // The number of the license, set back by hand: the seal no longer holds.
      expect(now).toContain(`"${LID}",1,2,`);
      return thing.put(now.replace(`"${LID}",1,2,`, `"${LID}",1,1,`));
    case "cut short":
      return thing.put(now.slice(0, now.length / 2));
    case "foreign":
      return thing.put(now.replace(/"installId":"\w+"/, `"installId":"${testId("other install")}"`));
  }
}

/** Takes each witness away in turn: the other one has all there is. */
async function expectEachHolds(fixture: LedgerFixture, seq: number): Promise<void> {
  const keychain = (await fixture.keychain.get()) ?? "";
  await fixture.file.remove();
  const fromKeychain = fixture.start();
  await fromKeychain.open();
  expect(fromKeychain.head().licenses.get(LID)?.sequence).toBe(seq);
  expect(keychain.length).toBeLessThanOrEqual(2560);
  const file = await fixture.file.get();
  expect(file).toContain(`"${LID}",1,${seq},`);
}
