import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openIssuingFixture } from "../support/licenses.ts";
import { succeed } from "../support/vaultctl.ts";
import { openPackedPublisher } from "../support/publisher-fixture.ts";
import { type FeedFixture, NOW, openFeedFixture } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let feed: FeedFixture;
let licenses: ReturnType<typeof openIssuingFixture>;
let builds: string[];
beforeEach(async () => {
  const { fixture, packed } = await openPackedPublisher();
  onTestFinished(() => fixture.remove());
  feed = await openFeedFixture();
  // One publisher: the keys and the register of the publisher fixture, with the keys of the feed.
  cpSync(join(feed.keys, "private", "feed"), join(fixture.keys, "private", "feed"), { recursive: true });
  cpSync(join(feed.trust, "feed-root.json"), join(fixture.trust, "feed-root.json"));
  rmSync(feed.keys, { recursive: true });
  cpSync(fixture.keys, feed.keys, { recursive: true });
  licenses = openIssuingFixture({ ...fixture, keys: feed.keys, trust: feed.trust }, packed);
  builds = [await feed.build("1.0.0"), await feed.build("1.1.0"), await feed.build("1.2.0")];
  for (const build of builds) await feed.promoteEverywhere(build);
});

const passphrase = () => ["--passphrase-file", licenses.next("txt")];
const back = (to: number) => ["--ring", "ga", "--to", builds[to] as string, "--reason", "Crashes"];

describe("a rollback", () => {
  it("is refused below the oldest app that an issued license accepts", async () => {
    await licenses.issue(...passphrase(), "--min-app", "1.1.0");
    expect(await feed.refused("rollback", ...back(0))).toBe("LICENSES_NEED_NEWER");
    expect(await feed.feed("rollback", ...back(1))).toMatchObject({ published: true });
  });

  it("considers every valid license, and no revoked or ended one", async () => {
    const revoked = await licenses.issue(...passphrase(), "--min-app", "1.2.0");
    await succeed(licenses.command("revoke", revoked.lid));
    await licenses.issue(...passphrase(), "--min-app", "1.0.0");
    const over = NOW + 400 * 86_400;
    await licenses.issue(...passphrase(), "--min-app", "1.2.0");
    expect(await feed.refused("rollback", ...back(0))).toBe("LICENSES_NEED_NEWER");
    expect(await feed.feedAt(over, "rollback", ...back(0))).toMatchObject({ published: true });
  });

  it("is refused if the register is missing or was changed", async () => {
    const { lid } = await licenses.issue(...passphrase());
    expect(lid).toBeTruthy();
    rmSync(join(feed.keys, "register.jsonl"));
    expect(await feed.refused("rollback", ...back(0))).toBe("REGISTER_BROKEN");
    rmSync(join(feed.keys, "private", "publisher.json"));
    expect(await feed.refused("rollback", ...back(0))).toBe("KEYS_MISSING");
  });
});
