import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { feedLocationOf, stickFeedOf } from "../../../src-main/updates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const compiled = { url: "https://updates.example.org/", root: "compiled" };
const none = { trust: undefined, feed: undefined };

function trustFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "feed-root.json"), "other");
  return folder;
}

describe("the feed of a build", () => {
  it("is the compiled one", () => {
    const location = feedLocationOf({ compiled, overrides: none, release: true });
    expect(Buffer.from(location!.anchor).toString()).toBe("compiled");
    expect(location?.web).toMatchObject({
      metadataUrl: "https://updates.example.org/metadata",
      targetsUrl: "https://updates.example.org/targets",
    });
    expect(feedLocationOf({ compiled: null, overrides: none, release: true })).toBeUndefined();
  });

  it("is another one in development alone, and on the loopback alone without https", () => {
    const overrides = { trust: trustFolder(), feed: "http://127.0.0.1:4000" };
    const released = feedLocationOf({ compiled, overrides, release: true });
    expect(Buffer.from(released!.anchor).toString()).toBe("compiled");
    expect(released?.web?.metadataUrl).toBe("https://updates.example.org/metadata");
    const developed = feedLocationOf({ compiled, overrides, release: false });
    expect(Buffer.from(developed!.anchor).toString()).toBe("other");
    expect(developed?.web?.metadataUrl).toBe("http://127.0.0.1:4000/metadata");
    const remote = { ...overrides, feed: "http://updates.example.org" };
    expect(feedLocationOf({ compiled, overrides: remote, release: false })?.web).toBeUndefined();
  });

  it("is none on the loopback in a release, whoever compiled that in", () => {
    const loopback = { ...compiled, url: "http://127.0.0.1:4000" };
    expect(feedLocationOf({ compiled: loopback, overrides: none, release: true })?.web).toBeUndefined();
    expect(feedLocationOf({ compiled: loopback, overrides: none, release: false })?.web).toBeDefined();
  });

  it("is none where the named keys have no root: the compiled one is not what was asked for", () => {
    const overrides = { trust: temporaryFolder(), feed: undefined };
    expect(feedLocationOf({ compiled, overrides, release: false })).toBeUndefined();
  });

  it("comes by sticks alone where it has no address", () => {
    expect(feedLocationOf({ compiled: { ...compiled, url: "" }, overrides: none, release: true })).toEqual({
      anchor: Buffer.from("compiled"),
      web: undefined,
    });
  });
});

describe("a stick", () => {
  it("carries a feed where it has a timestamp", () => {
    const root = temporaryFolder();
    expect(stickFeedOf(root)).toBeUndefined();
    expect(stickFeedOf(undefined)).toBeUndefined();
    mkdirSync(join(root, "UPDATES", "metadata"), { recursive: true });
    writeFileSync(join(root, "UPDATES", "metadata", "timestamp.json"), "{}");
    expect(stickFeedOf(root)).toBeDefined();
  });
});
