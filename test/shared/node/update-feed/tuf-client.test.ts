import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EARLIER, feedKey, FeedRepository } from "../../../fakes/feed-repository.ts";
import { FIRST, ClientFixture } from "./client-fixture.ts";

describe("the TUF client: from outside", () => {
  it("ends with 0 or 1, and stores targets under their encoded names", async () => {
    const fixture = await ClientFixture.begin((repository) => repository.addTarget("targets", "a/b.txt", "content"));
    const from = ["--metadata-url", `${fixture.server.origin}/metadata/`, "--metadata-dir", fixture.metadata];
    const to = ["--target-dir", fixture.targets, "--target-base-url", `${fixture.server.origin}/targets/`];
    expect(await fixture.spawn("--metadata-dir", fixture.metadata, "init", join(fixture.folder, "root.json"))).toBe(0);
    expect(await fixture.spawn(...from, "refresh")).toBe(0);
    expect(await fixture.spawn(...from, ...to, "--target-name", "a/b.txt", "download")).toBe(0);
    expect(fixture.downloaded()).toEqual({ "a%2Fb.txt": "content" });
    expect(await fixture.spawn(...from, ...to, "--target-name", "none", "download")).toBe(1);
    expect(await fixture.spawn("--metadata-dir", join(fixture.folder, "nowhere"), "refresh")).toBe(1);
    expect(await fixture.spawn("--nonsense")).toBe(1);
  }, 30_000);
});

describe("the TUF client: refresh", () => {
  it("follows root, timestamp, snapshot and targets, asks for no more, and keeps their bytes", async () => {
    const fixture = await ClientFixture.begin();
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()).toEqual(FIRST);
    expect(fixture.server.requestedPaths).toEqual([
      "metadata/2.root.json",
      "metadata/timestamp.json",
      "metadata/1.snapshot.json",
      "metadata/1.targets.json",
    ]);
    const served = fixture.repository.files.get("metadata/timestamp.json");
    expect(readFileSync(join(fixture.metadata, "timestamp.json")).equals(served!)).toBe(true);
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.server.requestedPaths.slice(4)).toEqual(["metadata/2.root.json", "metadata/timestamp.json"]);
  });

  it("reads a repository without consistent snapshots", async () => {
    const fixture = await ClientFixture.begin((repository) => (repository.root.consistent_snapshot = false));
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.server.requestedPaths.slice(1)).toEqual([
      "metadata/timestamp.json",
      "metadata/snapshot.json",
      "metadata/targets.json",
    ]);
  });

  it.each([
    ["is no JSON", Buffer.from("{")],
    ["has no version", Buffer.from(JSON.stringify({ signatures: [], signed: { _type: "root" } }))],
  ])("asks for nothing when the first root %s", async (_name, root) => {
    const fixture = await ClientFixture.begin(undefined, root);
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.server.requestedPaths).toEqual([]);
  });

  it("asks for nothing when the first root is signed by strangers", async () => {
    const forged = new FeedRepository().sign("root", [feedKey("thief-1"), feedKey("thief-2")]);
    const fixture = await ClientFixture.begin(undefined, forged);
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.server.requestedPaths).toEqual([]);
  });

  it("keeps fields that it does not know under the signature", async () => {
    const fixture = await ClientFixture.begin();
    fixture.repository.rotateRoot(() => {
      fixture.repository.root["custom-field"] = { a: 1 };
      fixture.repository.root.roles["root"]!["another"] = "value";
    });
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()["root"]).toBe(2);
  });

  it("takes a timestamp of the same version for the one it has", async () => {
    const fixture = await ClientFixture.begin();
    await fixture.refresh();
    fixture.repository.timestamp.meta["snapshot.json"]!.version = 100;
    fixture.repository.writeRole("timestamp");
    expect(await fixture.refresh()).toBe(0);
    expect(readFileSync(join(fixture.metadata, "timestamp.json"), "utf8")).toContain('"snapshot.json":{"version":1}');
  });
});

describe("the TUF client: root", () => {
  it("climbs through every rotation", async () => {
    const fixture = await ClientFixture.begin();
    const { repository } = fixture;
    for (const i of [1, 2, 3]) {
      const keys = [`new-${i}a`, `new-${i}b`].map(feedKey);
      repository.rotateRoot(() => repository.setTopKeys("root", keys, 2));
    }
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()["root"]).toBe(4);
  });

  it.each([
    ["signed by the new keys alone", ["new-1", "new-2"]],
    ["signed by the old keys alone", ["root-1", "root-2", "root-3"]],
    ["below the old threshold", ["root-1", "new-1", "new-2"]],
    ["below the new threshold", ["root-1", "root-2", "new-1"]],
  ])("refuses a rotation %s", async (_name, signers) => {
    const fixture = await ClientFixture.begin();
    const keys = ["new-1", "new-2"].map(feedKey);
    fixture.repository.rotateRoot(() => fixture.repository.setTopKeys("root", keys, 2), signers.map(feedKey));
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toEqual({ root: 1 });
  });

  it("counts a key once though it signs twice, or stands twice in the role", async () => {
    const fixture = await ClientFixture.begin();
    const twice = fixture.repository;
    twice.root.version = 2;
    const one = JSON.parse(twice.sign("root", [feedKey("root-1")]).toString()) as { signatures: object[] };
    one.signatures.push(...one.signatures);
    twice.files.set("metadata/2.root.json", Buffer.from(JSON.stringify(one)));
    expect(await fixture.refresh()).toBe(1);
    const role = { ...twice.root.roles["root"]!, keyids: [feedKey("root-1").id, feedKey("root-1").id] };
    twice.root.roles["root"] = role;
    twice.writeRole("root");
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toEqual({ root: 1 });
  });

  it("refuses a version that was skipped, repeated or is not its name's", async () => {
    for (const version of [1, 3]) {
      const fixture = await ClientFixture.begin();
      fixture.repository.root.version = version;
      fixture.repository.files.set("metadata/2.root.json", fixture.repository.sign("root"));
      expect(await fixture.refresh()).toBe(1);
      expect(fixture.trusted()).toEqual({ root: 1 });
    }
  });

  it("keeps an expired root, and goes no further", async () => {
    const fixture = await ClientFixture.begin();
    await fixture.refresh();
    fixture.repository.rotateRoot(() => (fixture.repository.root.expires = EARLIER));
    fixture.repository.publish("targets");
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toEqual({ ...FIRST, root: 2 });
  });

  it("passes through an expired root to a newer one", async () => {
    const fixture = await ClientFixture.begin();
    fixture.repository.rotateRoot(() => (fixture.repository.root.expires = EARLIER));
    fixture.repository.rotateRoot(() => (fixture.repository.root.expires = "2100-01-01T00:00:00Z"));
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()).toEqual({ ...FIRST, root: 3 });
  });

  it("refuses to climb for ever", async () => {
    const fixture = await ClientFixture.begin();
    for (let i = 0; i < 300; i++) fixture.repository.rotateRoot(() => undefined);
    await fixture.refresh();
    expect(fixture.trusted()["root"]).toBe(257);
  }, 60_000);
});

describe("the TUF client: signatures", () => {
  it.each(["timestamp", "snapshot", "targets"])(
    "refuses a %s that is unsigned, or signed by another role",
    async (role) => {
      for (const forgers of [[], [feedKey("root-1"), feedKey("root-2")]]) {
        const fixture = await ClientFixture.begin();
        fixture.repository.writeRole(role, forgers);
        expect(await fixture.refresh()).toBe(1);
        expect(fixture.trusted()).not.toHaveProperty(role);
      }
    },
  );

  it.each(["timestamp", "snapshot", "targets"])("refuses a %s with one bit flipped", async (role) => {
    const fixture = await ClientFixture.begin();
    const path = role === "timestamp" ? "metadata/timestamp.json" : `metadata/1.${role}.json`;
    const text = fixture.repository.files.get(path)!.toString();
    fixture.repository.files.set(path, Buffer.from(text.replace("2100-01-01", "2100-01-03")));
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).not.toHaveProperty(role);
  });

  it("refuses targets below the threshold, and one file under the name of another", async () => {
    const fixture = await ClientFixture.begin();
    fixture.repository.writeRole("targets", [feedKey("targets-1")]);
    expect(await fixture.refresh()).toBe(1);
    fixture.repository.files.set("metadata/1.targets.json", fixture.repository.sign("snapshot"));
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toEqual({ root: 1, timestamp: 1, snapshot: 1 });
  });

  it("does not go on with a role whose key was taken away", async () => {
    const fixture = await ClientFixture.begin();
    await fixture.refresh();
    const { repository } = fixture;
    repository.rotateRoot(() => repository.setTopKeys("snapshot", [feedKey("snapshot-2")], 1));
    repository.timestamp.version += 1;
    repository.writeRole("timestamp");
    expect(await fixture.refresh()).toBe(1);
    repository.publish();
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()).toEqual({ root: 2, timestamp: 3, snapshot: 2, targets: 1 });
  });
});

describe("the TUF client: rollback and freeze", () => {
  it("refuses an older timestamp, and an older snapshot in a newer timestamp", async () => {
    for (const withHashes of [false, true]) {
      const fixture = await ClientFixture.begin((repository) => (repository.withHashes = withHashes));
      const { repository } = fixture;
      const old = repository.files.get("metadata/timestamp.json")!;
      repository.publish();
      expect(await fixture.refresh()).toBe(0);
      repository.files.set("metadata/timestamp.json", old);
      expect(await fixture.refresh()).toBe(1);
      repository.snapshot.version = 1;
      repository.publishSnapshot();
      expect(await fixture.refresh()).toBe(1);
      expect(fixture.trusted()).toMatchObject({ timestamp: 2, snapshot: 2 });
    }
  });

  it("refuses older targets in a newer snapshot, and a snapshot that drops a role", async () => {
    const fixture = await ClientFixture.begin((repository) =>
      repository.delegate("extra", [feedKey("extra")], 1, ["extra/*"]),
    );
    const { repository } = fixture;
    repository.publish("targets");
    expect(await fixture.refresh()).toBe(0);
    repository.role("targets").version = 0;
    repository.publish("targets");
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toMatchObject({ targets: 2, snapshot: 2 });
    repository.role("targets").version = 5;
    delete repository.snapshot.meta["extra.json"];
    repository.publish("targets");
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toMatchObject({ targets: 2, snapshot: 2 });
  });

  it("refuses metadata of different versions put together", async () => {
    const fixture = await ClientFixture.begin();
    const { repository } = fixture;
    const old = repository.files.get("metadata/1.snapshot.json")!;
    repository.publish("targets");
    repository.files.set("metadata/2.snapshot.json", old);
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toEqual({ root: 1, timestamp: 2 });
  });

  it.each([
    ["timestamp", { root: 1, timestamp: 1, snapshot: 1, targets: 1 }],
    ["snapshot", { root: 1, timestamp: 2, snapshot: 1, targets: 1 }],
    ["targets", { root: 1, timestamp: 2, snapshot: 2, targets: 1 }],
  ])("refuses an expired %s", async (role, trusted) => {
    const fixture = await ClientFixture.begin();
    await fixture.refresh();
    fixture.repository.signedOf(role).expires = EARLIER;
    fixture.repository.publish("targets");
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).toEqual(trusted);
  });

  it.each([
    ["timestamp", ["timestamp"], "timestamp"],
    ["snapshot", ["timestamp", "snapshot"], "snapshot"],
    ["targets", ["timestamp", "snapshot"], "targets"],
  ])("recovers from a %s that a thief drove to the highest version, by new keys", async (_name, roles, driven) => {
    const fixture = await ClientFixture.begin();
    const { repository } = fixture;
    repository.signedOf(driven).version = 2 ** 31;
    repository.publish(...(driven === "targets" ? ["targets"] : []));
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()[driven]).toBeGreaterThan(2 ** 30);
    repository.rotateRoot(() => {
      for (const role of roles) repository.setTopKeys(role, [feedKey(`${role}-new`)], 1);
    });
    repository.signedOf(driven).version = 0;
    repository.publish("targets");
    expect(await fixture.refresh()).toBe(0);
    expect(fixture.trusted()[driven]).toBe(1);
  });

  it("refuses a file that is not what the hashes of its parent say", async () => {
    const fixture = await ClientFixture.begin((repository) => (repository.withHashes = true));
    fixture.repository.writeRole("targets", [...fixture.repository.keys.get("targets")!].toReversed());
    expect(await fixture.refresh()).toBe(1);
    expect(fixture.trusted()).not.toHaveProperty("targets");
  });
});
