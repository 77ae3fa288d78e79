import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DAY } from "../../../src-shared/units.ts";
import { feedKey } from "../../fakes/feed-repository.ts";
import { addBuild, setHalt, setRelease, setSecurity } from "../../fakes/update-feed.ts";
import { T, UpdateWorld } from "./update-world.ts";

const READY = { stage: "ready", offer: { version: "2.0.0", move: "forward" } };
const problem = (code: string) => ({ kind: "problem", code });
const hold = (reason: string) => ({ kind: "hold", reason });

describe("what was seen once", () => {
  it("refuses an older feed though the metadata were deleted", async () => {
    const world = await UpdateWorld.begin();
    const old = new Map(world.repository.files);
    setHalt(world.repository, "ga", { build: "build-2" });
    world.repository.publish("halt");
    await world.look();
    rmSync(join(world.data, "metadata"), { recursive: true });
    for (const [path, content] of old) world.repository.files.set(path, content);
    expect((await world.look()).view).toMatchObject({ outcome: problem("METADATA_REPLAYED"), now: { stage: "idle" } });
    // Nothing of the replay was taken over.
    expect(existsSync(join(world.data, "metadata"))).toBe(false);
  });

  it("is known though the files were restored from a backup: the keychain remembers", async () => {
    const world = await UpdateWorld.begin();
    await world.look();
    const old = new Map(world.repository.files);
    const restore = world.backup();
    setHalt(world.repository, "ga", { build: "build-2" });
    world.repository.publish("halt");
    await world.look();
    restore();
    for (const [path, content] of old) world.repository.files.set(path, content);
    expect((await world.look()).view.outcome).toEqual(problem("METADATA_REPLAYED"));
  });

  it("stops everything when the ledger is lost, locked or cannot be written", async () => {
    const lost = await UpdateWorld.begin();
    await lost.look();
    lost.secrets.secrets.clear();
    expect((await lost.look()).view.outcome).toEqual(problem("STATE_LOST"));
    const locked = await UpdateWorld.begin();
    locked.secrets.fault = "STORE_LOCKED";
    expect((await locked.look()).view.outcome).toEqual(problem("STORE_LOCKED"));
    expect(locked.server.asked).toEqual([]);
  });

  it("installs nothing while a counter cannot be written", async () => {
    const world = await UpdateWorld.begin();
    const { updates } = await world.look();
    setRelease(world.repository, "ga", { seq: 2, build: "build-3" });
    world.repository.publish("ga");
    world.secrets.fault = "STORE_LOCKED";
    await updates.check("web", "by-itself");
    expect(updates.view().outcome).toEqual(problem("STORE_LOCKED"));
    expect(await updates.install()).toEqual({ ok: false, error: "STORE_LOCKED" });
    expect(world.installed).toEqual([]);
    world.secrets.fault = undefined;
    await updates.check("web", "by-itself");
    expect(updates.view().now).toMatchObject({ offer: { version: "3.0.0" } });
  });

  it("recovers from a stolen ring key that drove the numbers up, by a new generation", async () => {
    const world = await UpdateWorld.begin();
    setRelease(world.repository, "ga", { seq: 2 ** 53 - 1, build: "build-3" });
    world.repository.publish("ga");
    await world.look();
    const keys = ["ga-4", "ga-5", "ga-6"].map(feedKey);
    world.repository.delegate("ga", keys, 2, ["rings/ga/*"], { "uvv:generation": 2 });
    setRelease(world.repository, "ga", { seq: 1 });
    world.repository.publish("targets", "ga");
    expect((await world.look()).view.now).toMatchObject(READY);
  });

  it("recovers from a stolen halt key the same way", async () => {
    const world = await UpdateWorld.begin();
    setHalt(world.repository, "ga", { seq: 2 ** 53 - 1, build: "build-2" });
    world.repository.publish("halt");
    expect((await world.look()).view.outcome).toMatchObject(hold("HALTED"));
    world.repository.delegate("halt", [feedKey("halt-2")], 1, ["halts/*/*"], { "uvv:generation": 2 });
    setHalt(world.repository, "ga", { seq: 1, build: "none" });
    world.repository.publish("targets", "halt");
    expect((await world.look()).view.now).toMatchObject(READY);
  });
});

describe("an update from a stick", () => {
  it("is found, fetched and installed without a network", async () => {
    const world = await UpdateWorld.begin();
    world.isOnline = false;
    world.stickRoot = world.exportToStick();
    const { updates, view } = await world.look("stick");
    expect(view).toMatchObject({ onStick: true, now: { ...READY, offer: { from: "stick" } } });
    expect(await updates.install()).toEqual({ ok: true, value: undefined });
    expect(world.version).toBe("2.0.0");
  });

  it("is judged by the latest signed time, the web by the clock as well", async () => {
    const world = await UpdateWorld.begin((repository) => {
      repository.timestamp.expires = new Date((T + DAY) * 1000).toISOString().replace(/\.\d+/, "");
    });
    world.stickRoot = world.exportToStick();
    world.clock.now = T + 2 * DAY;
    expect((await world.look()).view.outcome).toEqual(problem("EXPIRED"));
    expect((await world.look("stick")).view.now).toMatchObject(READY);
  });

  it("is refused when the stick is older than what was seen", async () => {
    const world = await UpdateWorld.begin();
    world.stickRoot = world.exportToStick();
    world.repository.publish("ga");
    await world.look();
    expect((await world.look("stick")).view.outcome).toEqual(problem("ROLLED_BACK"));
  });

  it("is not installed when the stick was pulled or exchanged meanwhile", async () => {
    const world = await UpdateWorld.begin();
    world.stickRoot = world.exportToStick();
    const { updates } = await world.look("stick");
    world.stickRoot = undefined;
    expect(await updates.install()).toEqual({ ok: false, error: "UNREACHABLE" });
    setSecurity(world.repository, { seq: 2, revokedBuilds: ["build-2"] });
    addBuild(world.repository, "build-4");
    world.repository.publish("targets", "builds");
    world.stickRoot = world.exportToStick();
    expect(await updates.install()).toEqual({ ok: false, error: "NOTHING_READY" });
    expect(world.installed).toEqual([]);
  });
});
