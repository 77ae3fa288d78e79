import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Release, releasePath } from "../../../src-shared/updates/index.ts";
import { snapshot } from "../support/publisher-fixture.ts";
import { type Changed, type FeedFixture, run } from "./support/feed-fixture.ts";
import { awayBundle, openPromoted, promoteToGa, takeBundlesHome } from "./support/people-away.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  ({ publisher, build } = await openPromoted());
});

const away = (name: string) => awayBundle(publisher, name);
const takeHome = (...names: string[]) => takeBundlesHome(publisher, ...names);
const sign = (file: string, who: string) => publisher.sign(file, away(who));
const toGa = (...rest: string[]) => promoteToGa(publisher, build, ...rest);
const gaShare = async () => {
  const { rings } = await publisher.feed<{ rings: { ga: { release?: Release } } }>("status");
  return rings.ga.release?.basisPoints;
};
const published = () => snapshot(join(publisher.repo, "metadata"));

describe("a change that needs two people", () => {
  it("is kept, signed on another computer with a copy of the feed, and published when it is imported", async () => {
    takeHome("person-2", "person-3");
    const before = published();
    const kept = await toGa();
    expect(kept).toMatchObject({ published: false, missing: [{ role: "ga", signed: 1, needed: 2 }] });
    expect(published()).toEqual(before);
    expect(await publisher.feed("status")).toMatchObject({
      pending: [{ file: kept.pending, missing: [{ role: "ga" }] }],
    });

    const carried = publisher.path("carried.json");
    copyFileSync(kept.pending as string, carried);
    const signed = await sign(carried, "person-3");
    expect(signed).toMatchObject({ ok: true, signed: [{ role: "ga", version: 2 }] });
    const [document] = signed["documents"] as { path: string; text: string }[];
    expect([document?.path, JSON.parse(document?.text ?? "")]).toMatchObject([
      releasePath("ga"),
      { build, ring: "ga" },
    ]);
    expect(await publisher.feed("import", carried)).toMatchObject({ published: true, missing: [] });
    expect(await gaShare()).toBe(1000);
    expect(readdirSync(join(publisher.repo, "pending"))).toEqual([]);
  });

  it("combines the signatures of two copies in any order", async () => {
    takeHome("person-1", "person-2", "person-3");
    const { pending, missing } = await toGa();
    expect(missing).toEqual([
      { role: "ga", signed: 0, needed: 2 },
      { role: "ring1", signed: 0, needed: 1 },
    ]);
    const copies = ["person-1", "person-3"].map((who) => ({ who, file: publisher.path(`${who}.json`) }));
    for (const { who, file } of copies) {
      copyFileSync(pending as string, file);
      expect(await sign(file, who)).toMatchObject({ ok: true });
    }
    const [first, second] = copies as [(typeof copies)[0], (typeof copies)[0]];
    const once = await publisher.feed("import", second.file);
    expect(once).toMatchObject({ published: false });
    expect(await publisher.feed("import", second.file)).toMatchObject({ published: false });
    expect(await publisher.feed("import", first.file)).toMatchObject({ published: true });
  });

  it("is published at once if all keys are available", async () => {
    takeHome("person-1", "person-2", "person-3");
    const all = ["person-1", "person-3"].flatMap((who) => ["--person-keys", away(who)]);
    expect(await toGa(...all)).toMatchObject({ published: true });
  });

  it("does not count one person twice", async () => {
    takeHome("person-1", "person-2", "person-3");
    cpSync(away("person-1"), away("twin"), { recursive: true });
    const kept = await toGa("--person-keys", away("person-1"), "--person-keys", away("twin"));
    expect(kept.missing).toEqual([{ role: "ga", signed: 1, needed: 2 }]);
  });
});

const STRAY = JSON.stringify({ path: "rings/ga/stray.json", content: "e30" });

describe("an imported change", () => {
  let kept: Changed;
  let file: string;
  beforeEach(async () => {
    takeHome("person-2", "person-3");
    kept = await toGa();
    file = kept.pending as string;
  });
  const edit = (change: (text: string) => string) => writeFileSync(file, change(readFileSync(file, "utf8")));
  type Part = { signed: Record<string, unknown>; signatures: { keyid: string; sig: string }[] };
  const editGa = (change: (part: Part) => void) =>
    edit((text) => {
      const pending = JSON.parse(text) as { roles: { role: string; metadata: string }[] };
      for (const entry of pending.roles) {
        if (entry.role !== "ga") continue;
        const part = JSON.parse(entry.metadata) as Part;
        change(part);
        entry.metadata = JSON.stringify(part);
      }
      return JSON.stringify(pending);
    });

  it("is judged again, and refused even with all its signatures if it is no longer allowed", async () => {
    await sign(file, "person-2");
    await publisher.feed("halt", "--ring", "ring1", "--reason", "Crashes");
    expect(await publisher.refused("import", file)).toBe("BUILD_HALTED");
    expect(await gaShare()).toBeUndefined();
  });

  it("is made again if the feed has changed since, and what was signed before is not imported", async () => {
    await sign(file, "person-2");
    const copy = publisher.path("late.json");
    copyFileSync(file, copy);
    await publisher.feed("refresh", "--role", "ga", "--person-keys", away("person-2"));
    expect(await publisher.refused("import", copy)).toBe("PENDING_UNKNOWN");
    copyFileSync(copy, file);
    expect(await publisher.refused("import", file)).toBe("PENDING_OUTDATED");
    rmSync(file);
    expect(await publisher.feed("status")).toMatchObject({
      pending: [
        {
          missing: [
            { role: "ga", signed: 0 },
            { role: "ring1", signed: 0 },
          ],
        },
      ],
    });
  });

  it("counts no signature over other content", async () => {
    await sign(file, "person-2");
    const copy = publisher.path("copy.json");
    copyFileSync(file, copy);
    editGa(({ signed }) => (signed["expires"] = "2099-01-01T00:00:00Z"));
    expect(await publisher.refused("import", copy)).toBe("PENDING_INVALID");
    expect(await publisher.refused("import", file)).toBe("PENDING_INVALID");
    expect(await gaShare()).toBeUndefined();
  });

  it("is refused if it differs from the change that was made here under this id", async () => {
    const copy = publisher.path("copy.json");
    copyFileSync(file, copy);
    await sign(copy, "person-2");
    const text = readFileSync(copy, "utf8");
    for (const altered of [
      text.replace('"summary": "', '"summary": "harmless: '),
      text.replace('"kind": "ring"', '"kind": "refresh"'),
      text.replace('\\"version\\":2', '\\"version\\":3'),
      text.replace(/"content": "../, '"content": "AA'),
    ]) {
      expect(altered).not.toBe(text);
      writeFileSync(copy, altered);
      expect(await publisher.refused("import", copy)).toBe("PENDING_CHANGED");
    }
    writeFileSync(copy, text.replace(/"id": "[0-9a-f]{12}"/, '"id": "0123456789ab"'));
    expect(await publisher.refused("import", copy)).toBe("PENDING_UNKNOWN");
    writeFileSync(copy, text);
    expect(await publisher.feed("import", copy)).toMatchObject({ published: true });
    expect(await publisher.refused("import", copy)).toBe("PENDING_UNKNOWN");
  });

  it("is signed only by those who were asked: a key that is here signs nothing that is imported", async () => {
    const copy = publisher.path("copy.json");
    copyFileSync(file, copy);
    const both = ["--person-keys", away("person-2"), "--person-keys", away("person-3")];
    const imported = await publisher.feed("import", copy, ...both);
    expect(imported).toMatchObject({ published: false, missing: [{ role: "ga", signed: 1, needed: 2 }] });
  });

  it("does not lose a valid signature to a copy with an invalid one", async () => {
    const copy = publisher.path("copy.json");
    copyFileSync(file, copy);
    await sign(file, "person-2");
    writeFileSync(copy, readFileSync(file, "utf8").replaceAll(/\\"sig\\":\\"../g, '\\"sig\\":\\"00'));
    expect(await publisher.feed("import", copy)).toMatchObject({ published: true });
  });

  it("ignores signatures of unknown keys, and does not publish them", async () => {
    const stranger = publisher.path("stranger");
    await run(["feed", "make-key", "--role", "ga", "--into", stranger, "--dev"]);
    expect(await publisher.sign(file, stranger)).toMatchObject({ ok: false, error: { code: "NOTHING_TO_SIGN" } });
    const strange = "f".repeat(64);
    editGa(({ signatures }) => signatures.push({ keyid: strange, sig: "00".repeat(64) }));
    expect(await publisher.feed("import", file)).toMatchObject({ published: false });
    await sign(file, "person-3");
    expect(await publisher.feed("import", file)).toMatchObject({ published: true });
    const { signatures } = JSON.parse(readFileSync(join(publisher.repo, "metadata", "2.ga.json"), "utf8")) as Part;
    expect(signatures).toHaveLength(2);
    expect(signatures.map(({ keyid }) => keyid)).not.toContain(strange);
  });

  it.each([
    ["a changed document", (text: string) => text.replace(/"content": "../, '"content": "AA')],
    ["a missing document", (text: string) => text.replace(/"documents": \[[^\]]*\]/, '"documents": []')],
  ])("is refused with %s", async (_name, change) => {
    edit(change);
    expect(await publisher.refused("import", file)).toBe("PENDING_INVALID");
  });

  it.each([
    ["invalid JSON", () => "x"],
    ["another role", (text: string) => text.replace('"role": "ga"', '"role": "root"')],
    ["a path outside the feed", (text: string) => text.replaceAll("rings/ga/release.json", "../../escaped.json")],
    [
      "a target of another role",
      (text: string) => text.replaceAll("rings/ga/release.json", "rings/ring0/release.json"),
    ],
    ["a document that no metadata lists", (text: string) => text.replace('"documents": [', `"documents": [${STRAY},`)],
    [
      "metadata of another kind",
      (text: string) => text.replaceAll('\\"_type\\":\\"targets\\"', '\\"_type\\":\\"root\\"'),
    ],
  ])("is refused as invalid: %s", async (_name, change) => {
    edit(change);
    expect(await publisher.refused("import", file)).toBe("PENDING_INVALID");
    expect(existsSync(publisher.path("escaped.json"))).toBe(false);
  });
});
