import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DAY } from "../../../src-shared/units.ts";
import { feedKey } from "../../fakes/feed-repository.ts";
import { addBuild, setHalt, setRelease, setSecurity } from "../../fakes/update-feed.ts";
import { T, UpdateFixture } from "./update-fixture.ts";

const READY = { stage: "ready", offer: { version: "2.0.0", move: "forward" } };
const problem = (code: string) => ({ kind: "problem", code });
const hold = (reason: string) => ({ kind: "hold", reason });

describe("what was seen once", () => {
  it("causes an older feed to be refused even if the metadata were deleted", async () => {
    const fixture = await UpdateFixture.begin();
    const old = new Map(fixture.repository.files);
    setHalt(fixture.repository, "ga", { build: "build-2" });
    fixture.repository.publish("halt");
    await fixture.check();
    rmSync(join(fixture.data, "metadata"), { recursive: true });
    for (const [path, content] of old) fixture.repository.files.set(path, content);
    expect((await fixture.check()).view).toMatchObject({
      outcome: problem("METADATA_REPLAYED"),
      now: { stage: "idle" },
    });
    // Nothing of the replay was stored.
    expect(existsSync(join(fixture.data, "metadata"))).toBe(false);
  });

  it("is known even if the files were restored from a backup: the keychain remembers", async () => {
    const fixture = await UpdateFixture.begin();
    await fixture.check();
    const old = new Map(fixture.repository.files);
    const restore = fixture.backup();
    setHalt(fixture.repository, "ga", { build: "build-2" });
    fixture.repository.publish("halt");
    await fixture.check();
    restore();
    for (const [path, content] of old) fixture.repository.files.set(path, content);
    expect((await fixture.check()).view.outcome).toEqual(problem("METADATA_REPLAYED"));
  });

  it("stops everything if the ledger is lost, locked or cannot be written", async () => {
    const lost = await UpdateFixture.begin();
    await lost.check();
    lost.secrets.secrets.clear();
    expect((await lost.check()).view.outcome).toEqual(problem("STATE_LOST"));
    const locked = await UpdateFixture.begin();
    locked.secrets.fault = "STORE_LOCKED";
    expect((await locked.check()).view.outcome).toEqual(problem("STORE_LOCKED"));
    expect(locked.server.requestedPaths).toEqual([]);
  });

  it("causes nothing to be installed while a counter cannot be written", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    setRelease(fixture.repository, "ga", { seq: 2, build: "build-3" });
    fixture.repository.publish("ga");
    fixture.secrets.fault = "STORE_LOCKED";
    await updates.check("web", "by-itself");
    expect(updates.view().outcome).toEqual(problem("STORE_LOCKED"));
    expect(await updates.install()).toEqual({ ok: false, error: "STORE_LOCKED" });
    expect(fixture.installed).toEqual([]);
    fixture.secrets.fault = undefined;
    await updates.check("web", "by-itself");
    expect(updates.view().now).toMatchObject({ offer: { version: "3.0.0" } });
  });

  it("can be reset by a new generation after a stolen ring key raised the numbers", async () => {
    const fixture = await UpdateFixture.begin();
    setRelease(fixture.repository, "ga", { seq: 2 ** 53 - 1, build: "build-3" });
    fixture.repository.publish("ga");
    await fixture.check();
    const keys = ["ga-4", "ga-5", "ga-6"].map(feedKey);
    fixture.repository.delegate("ga", keys, 2, ["rings/ga/*"], { "uvv:generation": 2 });
    setRelease(fixture.repository, "ga", { seq: 1 });
    fixture.repository.publish("targets", "ga");
    expect((await fixture.check()).view.now).toMatchObject(READY);
  });

  it("can be reset in the same way after a stolen halt key raised the numbers", async () => {
    const fixture = await UpdateFixture.begin();
    setHalt(fixture.repository, "ga", { seq: 2 ** 53 - 1, build: "build-2" });
    fixture.repository.publish("halt");
    expect((await fixture.check()).view.outcome).toMatchObject(hold("HALTED"));
    fixture.repository.delegate("halt", [feedKey("halt-2")], 1, ["halts/*/*"], { "uvv:generation": 2 });
    setHalt(fixture.repository, "ga", { seq: 1, halts: [] });
    fixture.repository.publish("targets", "halt");
    expect((await fixture.check()).view.outcome).toMatchObject(hold("HALTED"));
    setSecurity(fixture.repository, { seq: 2, haltGeneration: 2 });
    fixture.repository.publish("targets", "halt");
    expect((await fixture.check()).view.now).toMatchObject(READY);
  });
});

describe("an update from a stick", () => {
  it("is found, fetched and installed without a network", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.isOnline = false;
    fixture.stickRoot = fixture.exportToStick();
    const { updates, view } = await fixture.check("stick");
    expect(view).toMatchObject({ onStick: true, now: { ...READY, offer: { from: "stick" } } });
    expect(await updates.install()).toEqual({ ok: true, value: undefined });
    expect(fixture.version).toBe("2.0.0");
  });

  it("is checked against the latest signed time, while the web is checked against the clock as well", async () => {
    const fixture = await UpdateFixture.begin((repository) => {
      repository.timestamp.expires = new Date((T + DAY) * 1000).toISOString().replace(/\.\d+/, "");
    });
    fixture.stickRoot = fixture.exportToStick();
    fixture.clock.now = T + 2 * DAY;
    expect((await fixture.check()).view.outcome).toEqual(problem("EXPIRED"));
    expect((await fixture.check("stick")).view.now).toMatchObject(READY);
  });

  it("is refused if the stick is older than what was seen", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.stickRoot = fixture.exportToStick();
    fixture.repository.publish("ga");
    await fixture.check();
    expect((await fixture.check("stick")).view.outcome).toEqual(problem("ROLLED_BACK"));
  });

  it("is not installed if the stick was removed or exchanged in the meantime", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.stickRoot = fixture.exportToStick();
    const { updates } = await fixture.check("stick");
    fixture.stickRoot = undefined;
    expect(await updates.install()).toEqual({ ok: false, error: "UNREACHABLE" });
    setSecurity(fixture.repository, { seq: 2, revokedBuilds: ["build-2"] });
    addBuild(fixture.repository, "build-4");
    fixture.repository.publish("targets", "builds");
    fixture.stickRoot = fixture.exportToStick();
    expect(await updates.install()).toEqual({ ok: false, error: "NOTHING_READY" });
    expect(fixture.installed).toEqual([]);
  });
});
