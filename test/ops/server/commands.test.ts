import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { RING_DATABASE } from "../../../src-ops/server/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { SINCE } from "../gates/facts.ts";
import { normalizedState, stateOf } from "../gates/normalized-events.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { storeEvents } from "./store-events.ts";

async function ringData() {
  const data = temporaryFolder();
  const open = () => openSqliteStore(join(data, RING_DATABASE));
  const store = open();
  const failure = { kind: "operation", operation: "play", succeeded: false } as const;
  await storeEvents(store, [normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [failure]))]);
  await store.close();
  return { data, open };
}

describe("vaultctl ring ticket", () => {
  it("opens and closes a ticket, and ignores repeated commands", async () => {
    const { data, open } = await ringData();
    const opened = await succeed(["ring", "ticket", "open", "T-1", "--ring", "ring1", "--data", data]);
    expect(await succeed(["ring", "ticket", "open", "T-1", "--ring", "ring0", "--data", data])).toEqual(opened);
    const closed = await succeed(["ring", "ticket", "close", "T-1", "--data", data]);
    expect(await succeed(["ring", "ticket", "close", "T-1", "--data", data])).toEqual(closed);
    const store = open();
    expect(await store.tickets("ring1")).toEqual([{ openedAt: opened["openedAt"], closedAt: closed["closedAt"] }]);
    expect(await store.tickets("ring0")).toEqual([]);
    await store.close();
  });

  it("refuses a ticket that nobody opened, and a folder without data", async () => {
    const { data } = await ringData();
    expect(await refusal(["ring", "ticket", "close", "T-9", "--data", data])).toBe("TICKET_UNKNOWN");
    const nowhere = join(data, "nowhere");
    expect(await refusal(["ring", "rebuild", "--data", nowhere])).toBe("RING_DATA_MISSING");
  });
});

describe("vaultctl ring rebuild", () => {
  it("repairs damaged aggregates", async () => {
    const { data, open } = await ringData();
    const before = open();
    before.database.exec("UPDATE slots SET failed = 77");
    await before.close();
    expect(await succeed(["ring", "rebuild", "--data", data])).toMatchObject({ events: 1 });
    const after = open();
    expect((await after.totals("ring0", "0.2.0", SINCE)).failed).toBe(1);
    await after.close();
  });
});

describe("vaultctl ring simulate", () => {
  it("prints shares and their confidence intervals", async () => {
    const args = ["ring", "simulate", "--ring", "ring0", "--error-rate", "0.01", "--fleets", "20", "--seed", "3"];
    const answer = await succeed(args);
    expect(answer).toMatchObject({
      fleets: 20,
      passed: 0,
      halted: 1,
      inconclusive: 0,
      ci: { passed: [0, expect.any(Number)] },
    });
    expect(answer["medianHoursToHalt"]).toBeLessThan(4);
    expect(await succeed(args)).toEqual(answer);
  });

  it.each([
    [["--error-rate", "1.5"], "USAGE"],
    [["--error-rate", "0.01", "--loss", "-1"], "USAGE"],
    [["--error-rate", "0.01", "--policy", "package.json"], "POLICY_INVALID"],
  ])("refuses %j", async (options, code) => {
    expect((await vaultctl(["ring", "simulate", "--ring", "ring0", ...options, "--json"])).json).toMatchObject({
      ok: false,
      error: { code },
    });
  });
});
