import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EARLIER, feedKey, FeedRepository } from "../../../fakes/feed-repository.ts";
import { FIRST, World } from "./client-world.ts";

describe("the TUF client: from outside", () => {
  it("ends with 0 or 1, and stores targets under their encoded names", async () => {
    const world = await World.begin((repository) => repository.addTarget("targets", "a/b.txt", "content"));
    const from = ["--metadata-url", `${world.server.origin}/metadata/`, "--metadata-dir", world.metadata];
    const to = ["--target-dir", world.targets, "--target-base-url", `${world.server.origin}/targets/`];
    expect(await world.spawn("--metadata-dir", world.metadata, "init", join(world.folder, "root.json"))).toBe(0);
    expect(await world.spawn(...from, "refresh")).toBe(0);
    expect(await world.spawn(...from, ...to, "--target-name", "a/b.txt", "download")).toBe(0);
    expect(world.downloaded()).toEqual({ "a%2Fb.txt": "content" });
    expect(await world.spawn(...from, ...to, "--target-name", "none", "download")).toBe(1);
    expect(await world.spawn("--metadata-dir", join(world.folder, "nowhere"), "refresh")).toBe(1);
    expect(await world.spawn("--nonsense")).toBe(1);
  }, 30_000);
});

describe("the TUF client: refresh", () => {
  it("follows root, timestamp, snapshot and targets, asks for no more, and keeps their bytes", async () => {
    const world = await World.begin();
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()).toEqual(FIRST);
    expect(world.server.asked).toEqual([
      "metadata/2.root.json",
      "metadata/timestamp.json",
      "metadata/1.snapshot.json",
      "metadata/1.targets.json",
    ]);
    const served = world.repository.files.get("metadata/timestamp.json");
    expect(readFileSync(join(world.metadata, "timestamp.json")).equals(served!)).toBe(true);
    expect(await world.refresh()).toBe(0);
    expect(world.server.asked.slice(4)).toEqual(["metadata/2.root.json", "metadata/timestamp.json"]);
  });

  it("reads a repository without consistent snapshots", async () => {
    const world = await World.begin((repository) => (repository.root.consistent_snapshot = false));
    expect(await world.refresh()).toBe(0);
    expect(world.server.asked.slice(1)).toEqual([
      "metadata/timestamp.json",
      "metadata/snapshot.json",
      "metadata/targets.json",
    ]);
  });

  it.each([
    ["is no JSON", Buffer.from("{")],
    ["has no version", Buffer.from(JSON.stringify({ signatures: [], signed: { _type: "root" } }))],
  ])("asks for nothing when the first root %s", async (_name, root) => {
    const world = await World.begin(undefined, root);
    expect(await world.refresh()).toBe(1);
    expect(world.server.asked).toEqual([]);
  });

  it("asks for nothing when the first root is signed by strangers", async () => {
    const forged = new FeedRepository().sign("root", [feedKey("thief-1"), feedKey("thief-2")]);
    const world = await World.begin(undefined, forged);
    expect(await world.refresh()).toBe(1);
    expect(world.server.asked).toEqual([]);
  });

  it("keeps fields that it does not know under the signature", async () => {
    const world = await World.begin();
    world.repository.rotateRoot(() => {
      world.repository.root["custom-field"] = { a: 1 };
      world.repository.root.roles["root"]!["another"] = "value";
    });
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()["root"]).toBe(2);
  });

  it("takes a timestamp of the same version for the one it has", async () => {
    const world = await World.begin();
    await world.refresh();
    world.repository.timestamp.meta["snapshot.json"]!.version = 100;
    world.repository.lay("timestamp");
    expect(await world.refresh()).toBe(0);
    expect(readFileSync(join(world.metadata, "timestamp.json"), "utf8")).toContain('"snapshot.json":{"version":1}');
  });
});

describe("the TUF client: root", () => {
  it("climbs through every rotation", async () => {
    const world = await World.begin();
    const { repository } = world;
    for (const i of [1, 2, 3]) {
      const keys = [`new-${i}a`, `new-${i}b`].map(feedKey);
      repository.rotateRoot(() => repository.setTopKeys("root", keys, 2));
    }
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()["root"]).toBe(4);
  });

  it.each([
    ["signed by the new keys alone", ["new-1", "new-2"]],
    ["signed by the old keys alone", ["root-1", "root-2", "root-3"]],
    ["below the old threshold", ["root-1", "new-1", "new-2"]],
    ["below the new threshold", ["root-1", "root-2", "new-1"]],
  ])("refuses a rotation %s", async (_name, signers) => {
    const world = await World.begin();
    const keys = ["new-1", "new-2"].map(feedKey);
    world.repository.rotateRoot(() => world.repository.setTopKeys("root", keys, 2), signers.map(feedKey));
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toEqual({ root: 1 });
  });

  it("counts a key once though it signs twice, or stands twice in the role", async () => {
    const world = await World.begin();
    const twice = world.repository;
    twice.root.version = 2;
    const one = JSON.parse(twice.sign("root", [feedKey("root-1")]).toString()) as { signatures: object[] };
    one.signatures.push(...one.signatures);
    twice.files.set("metadata/2.root.json", Buffer.from(JSON.stringify(one)));
    expect(await world.refresh()).toBe(1);
    const role = { ...twice.root.roles["root"]!, keyids: [feedKey("root-1").id, feedKey("root-1").id] };
    twice.root.roles["root"] = role;
    twice.lay("root");
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toEqual({ root: 1 });
  });

  it("refuses a version that was skipped, repeated or is not its name's", async () => {
    for (const version of [1, 3]) {
      const world = await World.begin();
      world.repository.root.version = version;
      world.repository.files.set("metadata/2.root.json", world.repository.sign("root"));
      expect(await world.refresh()).toBe(1);
      expect(world.trusted()).toEqual({ root: 1 });
    }
  });

  it("keeps an expired root, and goes no further", async () => {
    const world = await World.begin();
    await world.refresh();
    world.repository.rotateRoot(() => (world.repository.root.expires = EARLIER));
    world.repository.publish("targets");
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toEqual({ ...FIRST, root: 2 });
  });

  it("passes through an expired root to a newer one", async () => {
    const world = await World.begin();
    world.repository.rotateRoot(() => (world.repository.root.expires = EARLIER));
    world.repository.rotateRoot(() => (world.repository.root.expires = "2100-01-01T00:00:00Z"));
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()).toEqual({ ...FIRST, root: 3 });
  });

  it("refuses to climb for ever", async () => {
    const world = await World.begin();
    for (let i = 0; i < 300; i++) world.repository.rotateRoot(() => undefined);
    await world.refresh();
    expect(world.trusted()["root"]).toBe(257);
  }, 60_000);
});

describe("the TUF client: signatures", () => {
  it.each(["timestamp", "snapshot", "targets"])(
    "refuses a %s that is unsigned, or signed by another role",
    async (role) => {
      for (const forgers of [[], [feedKey("root-1"), feedKey("root-2")]]) {
        const world = await World.begin();
        world.repository.lay(role, forgers);
        expect(await world.refresh()).toBe(1);
        expect(world.trusted()).not.toHaveProperty(role);
      }
    },
  );

  it.each(["timestamp", "snapshot", "targets"])("refuses a %s with one bit flipped", async (role) => {
    const world = await World.begin();
    const path = role === "timestamp" ? "metadata/timestamp.json" : `metadata/1.${role}.json`;
    const text = world.repository.files.get(path)!.toString();
    world.repository.files.set(path, Buffer.from(text.replace("2100-01-01", "2100-01-03")));
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).not.toHaveProperty(role);
  });

  it("refuses targets below the threshold, and one file under the name of another", async () => {
    const world = await World.begin();
    world.repository.lay("targets", [feedKey("targets-1")]);
    expect(await world.refresh()).toBe(1);
    world.repository.files.set("metadata/1.targets.json", world.repository.sign("snapshot"));
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toEqual({ root: 1, timestamp: 1, snapshot: 1 });
  });

  it("does not go on with a role whose key was taken away", async () => {
    const world = await World.begin();
    await world.refresh();
    const { repository } = world;
    repository.rotateRoot(() => repository.setTopKeys("snapshot", [feedKey("snapshot-2")], 1));
    repository.timestamp.version += 1;
    repository.lay("timestamp");
    expect(await world.refresh()).toBe(1);
    repository.publish();
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()).toEqual({ root: 2, timestamp: 3, snapshot: 2, targets: 1 });
  });
});

describe("the TUF client: rollback and freeze", () => {
  it("refuses an older timestamp, and an older snapshot in a newer timestamp", async () => {
    for (const withHashes of [false, true]) {
      const world = await World.begin((repository) => (repository.withHashes = withHashes));
      const { repository } = world;
      const old = repository.files.get("metadata/timestamp.json")!;
      repository.publish();
      expect(await world.refresh()).toBe(0);
      repository.files.set("metadata/timestamp.json", old);
      expect(await world.refresh()).toBe(1);
      repository.snapshot.version = 1;
      repository.publishSnapshot();
      expect(await world.refresh()).toBe(1);
      expect(world.trusted()).toMatchObject({ timestamp: 2, snapshot: 2 });
    }
  });

  it("refuses older targets in a newer snapshot, and a snapshot that drops a role", async () => {
    const world = await World.begin((repository) => repository.delegate("extra", [feedKey("extra")], 1, ["extra/*"]));
    const { repository } = world;
    repository.publish("targets");
    expect(await world.refresh()).toBe(0);
    repository.role("targets").version = 0;
    repository.publish("targets");
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toMatchObject({ targets: 2, snapshot: 2 });
    repository.role("targets").version = 5;
    delete repository.snapshot.meta["extra.json"];
    repository.publish("targets");
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toMatchObject({ targets: 2, snapshot: 2 });
  });

  it("refuses metadata of different versions put together", async () => {
    const world = await World.begin();
    const { repository } = world;
    const old = repository.files.get("metadata/1.snapshot.json")!;
    repository.publish("targets");
    repository.files.set("metadata/2.snapshot.json", old);
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toEqual({ root: 1, timestamp: 2 });
  });

  it.each([
    ["timestamp", { root: 1, timestamp: 1, snapshot: 1, targets: 1 }],
    ["snapshot", { root: 1, timestamp: 2, snapshot: 1, targets: 1 }],
    ["targets", { root: 1, timestamp: 2, snapshot: 2, targets: 1 }],
  ])("refuses an expired %s", async (role, trusted) => {
    const world = await World.begin();
    await world.refresh();
    world.repository.signedOf(role).expires = EARLIER;
    world.repository.publish("targets");
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).toEqual(trusted);
  });

  it.each([
    ["timestamp", ["timestamp"], "timestamp"],
    ["snapshot", ["timestamp", "snapshot"], "snapshot"],
    ["targets", ["timestamp", "snapshot"], "targets"],
  ])("recovers from a %s that a thief drove to the highest version, by new keys", async (_name, roles, driven) => {
    const world = await World.begin();
    const { repository } = world;
    repository.signedOf(driven).version = 2 ** 31;
    repository.publish(...(driven === "targets" ? ["targets"] : []));
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()[driven]).toBeGreaterThan(2 ** 30);
    repository.rotateRoot(() => {
      for (const role of roles) repository.setTopKeys(role, [feedKey(`${role}-new`)], 1);
    });
    repository.signedOf(driven).version = 0;
    repository.publish("targets");
    expect(await world.refresh()).toBe(0);
    expect(world.trusted()[driven]).toBe(1);
  });

  it("refuses a file that is not what the hashes of its parent say", async () => {
    const world = await World.begin((repository) => (repository.withHashes = true));
    world.repository.lay("targets", [...world.repository.keys.get("targets")!].toReversed());
    expect(await world.refresh()).toBe(1);
    expect(world.trusted()).not.toHaveProperty("targets");
  });
});
