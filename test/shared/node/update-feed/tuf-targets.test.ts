import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EARLIER, feedKey, type FeedRepository } from "../../../fakes/feed-repository.ts";
import { FIRST, ClientFixture } from "./client-fixture.ts";

describe("the TUF client: delegations", () => {
  const delegated = (repository: FeedRepository) => {
    repository.delegate("one", [feedKey("one")], 1, ["one/*"], { terminating: false });
    repository.delegate("two", [feedKey("two"), feedKey("two-b")], 2, ["one/*", "two/*"]);
    repository.addTarget("two", "two/file.txt", "two");
    repository.addTarget("two", "one/second.txt", "second");
  };

  it("finds a target in the role that its path is delegated to, and passes by roles that lack it", async () => {
    const fixture = await ClientFixture.begin(delegated);
    expect(await fixture.download("two/file.txt", "one/second.txt")).toBe(0);
    expect(fixture.downloaded()).toEqual({ "two%2Ffile.txt": "two", "one%2Fsecond.txt": "second" });
    expect(fixture.trusted()).toEqual({ ...FIRST, one: 1, two: 1 });
  });

  it("finds none outside of the paths, below the threshold, in an expired role or behind a terminating one", async () => {
    const outside = await ClientFixture.begin((repository) => {
      delegated(repository);
      repository.addTarget("one", "two/stolen.txt", "stolen");
    });
    expect(await outside.download("two/stolen.txt")).toBe(1);
    const below = await ClientFixture.begin(delegated);
    below.repository.writeRole("two", [feedKey("two")]);
    expect(await below.download("two/file.txt")).toBe(1);
    const expired = await ClientFixture.begin((repository) => {
      delegated(repository);
      repository.role("two").expires = EARLIER;
    });
    expect(await expired.download("two/file.txt")).toBe(1);
    expect(expired.trusted()).toEqual(FIRST);
    const behind = await ClientFixture.begin((repository) => {
      delegated(repository);
      repository.delegate("one", [feedKey("one")], 1, ["one/*"]);
      repository.delegate("two", [feedKey("two"), feedKey("two-b")], 2, ["one/*", "two/*"]);
    });
    expect(await behind.download("one/second.txt")).toBe(1);
    expect(behind.downloaded()).toEqual({});
  });

  it.each(["?", "#", "/role", "../role"])("asks for a role named %s by its encoded name", async (name) => {
    const fixture = await ClientFixture.begin((repository) => repository.delegate(name, [feedKey("odd")], 1, ["*"]));
    expect(await fixture.download("nothing")).toBe(1);
    expect(fixture.server.requestedPaths).toContain(`metadata/1.${encodeURIComponent(name)}.json`);
    expect(Object.keys(fixture.trusted())).toHaveLength(5);
    expect(readdirSync(fixture.folder).toSorted()).toEqual(["metadata", "root.json", "targets"]);
  });

  it("verifies a role again for each parent that leads to it", async () => {
    const fixture = await ClientFixture.begin((repository) => {
      for (const parent of ["left", "right"]) {
        repository.delegate(parent, [feedKey(parent)], 1, ["both/*"], { terminating: false });
      }
      repository.delegate("child", [feedKey("child")], 1, ["never/*"]);
      const child = (key: string) => ({
        keys: { [feedKey(key).id]: feedKey(key).jwk },
        roles: [{ name: "child", keyids: [feedKey(key).id], threshold: 1, terminating: false, paths: ["both/*"] }],
      });
      // The left parent trusts the child's key, the right one another: what came by the left must not pass by the right.
      repository.role("left").delegations = child("child");
      repository.role("right").delegations = child("somebody-else");
    });
    expect(await fixture.download("both/file")).toBe(1);
  });
});

describe("the TUF client: downloads", () => {
  it("stores a target once, and again only when it has changed", async () => {
    const fixture = await ClientFixture.begin((repository) => repository.addTarget("targets", "file.txt", "first"));
    expect(await fixture.download("file.txt")).toBe(0);
    expect(await fixture.download("file.txt")).toBe(0);
    expect(fixture.server.requestedPaths.filter((path) => path.startsWith("targets/"))).toHaveLength(1);
    fixture.repository.addTarget("targets", "file.txt", "second");
    fixture.repository.publish("targets");
    expect(await fixture.download("file.txt")).toBe(0);
    expect(fixture.downloaded()).toEqual({ "file.txt": "second" });
  });

  it("refreshes first, also where there is no such target", async () => {
    const fixture = await ClientFixture.begin();
    expect(await fixture.download("nothing")).toBe(1);
    expect(fixture.trusted()).toEqual(FIRST);
  });

  it.each([
    ["swapped", "evil!", 1],
    ["cut short", "fir", 1],
    ["endless", "first and much more", 1],
  ])("stores nothing of a target that is %s", async (_name, content, status) => {
    const fixture = await ClientFixture.begin((repository) => repository.addTarget("targets", "file.txt", "first"));
    const path = [...fixture.repository.files.keys()].find((name) => name.startsWith("targets/"))!;
    fixture.repository.files.set(path, Buffer.from(content));
    expect(await fixture.download("file.txt")).toBe(status);
    expect(fixture.downloaded()).toEqual({});
  });

  it("keeps what it has when the server's file is swapped", async () => {
    const fixture = await ClientFixture.begin((repository) => repository.addTarget("targets", "a/file.txt", "first"));
    expect(await fixture.download("a/file.txt")).toBe(0);
    fixture.repository.addTarget("targets", "a/file.txt", "second");
    fixture.repository.publish("targets");
    for (const name of fixture.repository.files.keys()) {
      if (name.startsWith("targets/")) fixture.repository.files.set(name, Buffer.from("evil!!"));
    }
    expect(await fixture.download("a/file.txt")).toBe(1);
    expect(fixture.downloaded()).toEqual({ "a%2Ffile.txt": "first" });
  });

  it("reads targets without consistent snapshots by their plain name", async () => {
    const fixture = await ClientFixture.begin((repository) => {
      repository.root.consistent_snapshot = false;
      repository.addTarget("targets", "dir/file.txt", "plain");
    });
    expect(await fixture.download("dir/file.txt")).toBe(0);
    expect(fixture.server.requestedPaths.at(-1)).toBe("targets/dir/file.txt");
  });
});
