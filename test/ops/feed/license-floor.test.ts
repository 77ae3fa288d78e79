import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openDesk } from "../support/licenses.ts";
import { succeed } from "../support/vaultctl.ts";
import { openPackedWorkshop } from "../support/publisher-fixture.ts";
import { type FeedWorkshop, NOW, openFeedWorkshop } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let shop: FeedWorkshop;
let desk: ReturnType<typeof openDesk>;
let builds: string[];
beforeEach(async () => {
  const { workshop, packed } = await openPackedWorkshop();
  onTestFinished(() => workshop.remove());
  shop = await openFeedWorkshop();
  // One publisher: the keys and the register of the workshop, with the keys of the feed.
  cpSync(join(shop.keys, "private", "feed"), join(workshop.keys, "private", "feed"), { recursive: true });
  cpSync(join(shop.trust, "feed-root.json"), join(workshop.trust, "feed-root.json"));
  rmSync(shop.keys, { recursive: true });
  cpSync(workshop.keys, shop.keys, { recursive: true });
  desk = openDesk({ ...workshop, keys: shop.keys, trust: shop.trust }, packed);
  builds = [await shop.build("1.0.0"), await shop.build("1.1.0"), await shop.build("1.2.0")];
  for (const build of builds) await shop.everywhere(build);
});

const passphrase = () => ["--passphrase-file", desk.next("txt")];
const back = (to: number) => ["--ring", "ga", "--to", builds[to] as string, "--reason", "Crashes"];

describe("a rollback", () => {
  it("stops at the oldest app that an issued license accepts", async () => {
    await desk.issue(...passphrase(), "--min-app", "1.1.0");
    expect(await shop.refused("rollback", ...back(0))).toBe("LICENSES_NEED_NEWER");
    expect(await shop.feed("rollback", ...back(1))).toMatchObject({ published: true });
  });

  it("looks at every license that still counts, and at no other", async () => {
    const revoked = await desk.issue(...passphrase(), "--min-app", "1.2.0");
    await succeed(desk.command("revoke", revoked.lid));
    await desk.issue(...passphrase(), "--min-app", "1.0.0");
    const over = NOW + 400 * 86_400;
    await desk.issue(...passphrase(), "--min-app", "1.2.0");
    expect(await shop.refused("rollback", ...back(0))).toBe("LICENSES_NEED_NEWER");
    expect(await shop.feedAt(over, "rollback", ...back(0))).toMatchObject({ published: true });
  });

  it("is refused where the register is not at hand or was altered: nobody can tell", async () => {
    const { lid } = await desk.issue(...passphrase());
    expect(lid).toBeTruthy();
    rmSync(join(shop.keys, "register.jsonl"));
    expect(await shop.refused("rollback", ...back(0))).toBe("REGISTER_BROKEN");
    rmSync(join(shop.keys, "private", "publisher.json"));
    expect(await shop.refused("rollback", ...back(0))).toBe("KEYS_MISSING");
  });
});
