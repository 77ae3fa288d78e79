import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { RING_DATABASE } from "../../../src-ops/server/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { SINCE } from "../gates/facts.ts";
import { normalizedState, stateOf } from "../gates/normalized-events.ts";
import { refusal, signalWhen, startVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";
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
  it("prints shares, their confidence intervals and the gates that decided", async () => {
    const args = ["ring", "simulate", "--scenario", "ring0-1-percent", "--fleets", "20", "--seed", "3"];
    const answer = await succeed(args);
    expect(answer).toMatchObject({
      scenario: "ring0-1-percent",
      fleets: 20,
      passed: 0,
      halted: 1,
      inconclusive: 0,
      ci: { passed: [0, expect.any(Number)] },
      heldBy: {},
    });
    expect(answer["medianHoursToHalt"]).toBeLessThan(4);
    expect(answer["haltedBy"]).toHaveProperty("sequential");
    expect(await succeed(args)).toEqual(answer);
  });

  it("simulates a file of one's own, and lists the scenarios that ship", async () => {
    const file = join(temporaryFolder(), "two-silent.json");
    const groups = [{ count: 8 }, { count: 2, stopsAfter: "offered" }];
    writeFileSync(file, JSON.stringify({ v: 1, what: "Two silent.", ring: "ring0", groups, watchHours: 50 }));
    const answer = await succeed(["ring", "simulate", "--scenario", file, "--fleets", "2"]);
    expect(answer).toMatchObject({ scenario: "two-silent", inconclusive: 1, heldBy: { reporting: 1, funnel: 1 } });
    const { scenarios } = await succeed<{ scenarios: { name: string; what: string }[] }>([
      "ring",
      "simulate",
      "--list",
    ]);
    expect(scenarios).toContainEqual({ name: "ring0-good", what: expect.stringContaining("Ten staff computers") });
  });

  it("shows its progress, and ends at once on SIGINT", { timeout: 120_000 }, async () => {
    const child = startVaultctl(["ring", "simulate", "--scenario", "ring0-1-percent", "--fleets", "1000000"]);
    let progress = "";
    child.stderr?.on("data", (text: Buffer) => (progress += text.toString()));
    expect(await signalWhen(child, "SIGINT", () => progress.includes("of 1000000 fleets"))).toBe(1);
    expect(progress).toContain("INTERRUPTED");
  });

  it("refuses a file that is not a scenario, with the place", async () => {
    const file = join(temporaryFolder(), "wrong.json");
    writeFileSync(file, JSON.stringify({ v: 1, what: "?", ring: "ring0", groups: [{ count: 10_000_000 }] }));
    const { json } = await vaultctl(["ring", "simulate", "--scenario", file, "--json"]);
    const message = expect.stringContaining("groups.0.count: it is above 2000");
    expect(json).toMatchObject({ ok: false, error: { code: "SCENARIO_INVALID", message } });
  });

  it.each([
    [[], "USAGE"],
    [["--scenario", "ring0-good", "--list"], "USAGE"],
    [["--scenario", "ring0-good", "--fleets", "0"], "USAGE"],
    [["--scenario", "nonsense"], "SCENARIO_UNKNOWN"],
    [["--scenario", "./nowhere.json"], "SCENARIO_INVALID"],
    [["--scenario", "ring0-good", "--policy", "package.json"], "POLICY_INVALID"],
  ])("refuses %j", async (options, code) => {
    expect((await vaultctl(["ring", "simulate", ...options, "--json"])).json).toMatchObject({
      ok: false,
      error: { code },
    });
  });
});
