import { describe, expect, it } from "vitest";
import { ok } from "../../../src-shared/result.ts";
import { testId } from "../../fakes/test-keys.ts";
import { LID, type LedgerWorld, sighting, type Thing } from "./ledger-world.ts";

type Fate = "kept" | "deleted" | "set back" | "spoilt" | "cut short" | "foreign";

// Where both witnesses of a computer are set back to an earlier day, that day is all it knows: said in ADR 5, and here.
const CASES: readonly (readonly [keychain: Fate, file: Fate, copy: Fate, state: string, seq: number])[] = [
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
export function judgesWitnesses(name: string, newWorld: () => LedgerWorld): void {
  describe(`${name}: a start of the app`, () => {
    it.each(CASES)("with the keychain %s, the file %s, the copy %s is %s at seq %i", async (...row) => {
      const [keychain, file, copy, state, seq] = row;
      const world = newWorld();
      const earlier = await live(world);
      await befall(world.keychain, keychain, earlier.keychain);
      await befall(world.file, file, earlier.file);
      await befall(world.copy, copy, earlier.copy);

      const ledger = world.start();
      expect(await ledger.open()).toBe(state);
      await ledger.visit(world.stick);
      expect(ledger.head().licenses.get(LID)?.sequence ?? 0).toBe(seq);
      if (state === "ready") await expectEachHolds(world, seq);
    });

    it("with nothing left is STATE_LOST where this computer was activated", async () => {
      const world = newWorld();
      await live(world);
      await world.keychain.remove();
      await world.file.remove();
      const ledger = world.start({ wasActivated: async () => ok(true) });
      expect(await ledger.open()).toBe("STATE_LOST");
      expect(await ledger.commit(sighting(1))).toEqual({ ok: false, error: "STATE_LOST" });
      expect([await world.keychain.get(), await world.file.get()]).toEqual([null, null]);
    });

    it("logs what it repaired, and nothing where there was nothing to repair", async () => {
      const world = newWorld();
      const earlier = await live(world);
      await world.start().open();
      expect(world.logged.filter(({ event }) => event === "ledger.repaired")).toEqual([]);
      await befall(world.keychain, "set back", earlier.keychain);
      await world.start().open();
      await world.file.remove();
      await world.start().open();
      expect(world.logged.filter(({ event }) => event === "ledger.repaired")).toMatchObject([
        { witness: "keychain" },
        { witness: "file" },
      ]);
    });
  });
}

/** Two good verdicts; gives what lay everywhere after the first. */
async function live(world: LedgerWorld): Promise<Record<"keychain" | "file" | "copy", string>> {
  const ledger = world.start();
  expect(await ledger.commit(sighting(1), world.stick)).toEqual(ok(undefined));
  await ledger.idle();
  const [keychain, file, copy] = await Promise.all(
    [world.keychain, world.file, world.copy].map((thing) => thing.get()),
  );
  if (!keychain || !file || !copy) throw new Error("a witness was not written");
  expect(await ledger.commit(sighting(2), world.stick)).toEqual(ok(undefined));
  await ledger.idle();
  return { keychain, file, copy };
}

async function befall(thing: Thing, fate: Fate, earlier: string): Promise<void> {
  const now = (await thing.get()) ?? "";
  switch (fate) {
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
async function expectEachHolds(world: LedgerWorld, seq: number): Promise<void> {
  const keychain = (await world.keychain.get()) ?? "";
  await world.file.remove();
  const fromKeychain = world.start();
  await fromKeychain.open();
  expect(fromKeychain.head().licenses.get(LID)?.sequence).toBe(seq);
  expect(keychain.length).toBeLessThanOrEqual(2560);
  const file = await world.file.get();
  expect(file).toContain(`"${LID}",1,${seq},`);
}
