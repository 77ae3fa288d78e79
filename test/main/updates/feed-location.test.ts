import { nodeHttpClient as http } from "../../../src-shared/node/node-http-client.ts";
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
    const location = feedLocationOf({ compiled, overrides: none, release: true, http });
    expect(Buffer.from(location!.anchor).toString()).toBe("compiled");
    expect(location?.web).toMatchObject({
      metadataUrl: "https://updates.example.org/metadata",
      targetsUrl: "https://updates.example.org/targets",
    });
    expect(feedLocationOf({ compiled: null, overrides: none, release: true, http })).toBeUndefined();
  });

  it("can be replaced only in development, and without https only on the loopback", () => {
    const overrides = { trust: trustFolder(), feed: "http://127.0.0.1:4000" };
    const released = feedLocationOf({ compiled, overrides, release: true, http });
    expect(Buffer.from(released!.anchor).toString()).toBe("compiled");
    expect(released?.web?.metadataUrl).toBe("https://updates.example.org/metadata");
    const developed = feedLocationOf({ compiled, overrides, release: false, http });
    expect(Buffer.from(developed!.anchor).toString()).toBe("other");
    expect(developed?.web?.metadataUrl).toBe("http://127.0.0.1:4000/metadata");
    const remote = { ...overrides, feed: "http://updates.example.org" };
    expect(feedLocationOf({ compiled, overrides: remote, release: false, http })?.web).toBeUndefined();
  });

  it("does not exist on the loopback in a release, even if that was compiled in", () => {
    const loopback = { ...compiled, url: "http://127.0.0.1:4000" };
    expect(feedLocationOf({ compiled: loopback, overrides: none, release: true, http })?.web).toBeUndefined();
    expect(feedLocationOf({ compiled: loopback, overrides: none, release: false, http })?.web).toBeDefined();
  });

  it("does not exist if the given keys have no root: the compiled one is not used instead", () => {
    const overrides = { trust: temporaryFolder(), feed: undefined };
    expect(feedLocationOf({ compiled, overrides, release: false, http })).toBeUndefined();
  });

  it("is read only from sticks if it has no address", () => {
    expect(feedLocationOf({ compiled: { ...compiled, url: "" }, overrides: none, release: true, http })).toEqual({
      anchor: Buffer.from("compiled"),
      web: undefined,
    });
  });
});

describe("a stick", () => {
  it("has a feed if it has a timestamp", () => {
    const root = temporaryFolder();
    expect(stickFeedOf(root)).toBeUndefined();
    expect(stickFeedOf(undefined)).toBeUndefined();
    mkdirSync(join(root, "UPDATES", "metadata"), { recursive: true });
    writeFileSync(join(root, "UPDATES", "metadata", "timestamp.json"), "{}");
    expect(stickFeedOf(root)).toBeDefined();
  });
});
