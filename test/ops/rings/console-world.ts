import { join } from "node:path";
import { onTestFinished } from "vitest";
import { readPolicy } from "../../../src-ops/policy/index.ts";
import {
  type AccountRole,
  ACCOUNTS_FILE,
  consoleRoutes,
  putAccount,
  RING_DATABASE,
  startRingServer,
} from "../../../src-ops/rings/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { NOW, openFeedWorkshop } from "../feed/support/feed-workshop.ts";

/** When the ring began to run the build. */
export const START = NOW * 1_000;

/** A feed whose ring0 runs a build, and a ring server with its console, at a clock of the test's. */
export async function openConsoleWorld({ isSecure = false } = {}) {
  const shop = await openFeedWorkshop();
  const build = await shop.build("0.2.0");
  await shop.feed("release", "--ring", "ring0", "--build", build);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const data = temporaryFolder();
  const accounts = join(data, ACCOUNTS_FILE);
  const clock = { now: START };
  const now = () => clock.now;
  const feed = { repo: shop.repo, keys: shop.keys, personKeys: [] };
  const { url, store, stop } = await startRingServer({
    path: join(data, RING_DATABASE),
    roots: [],
    host: "127.0.0.1",
    port: 0,
    now,
    note: () => undefined,
    ticketToken: undefined,
    alsoServe: (kept) => consoleRoutes({ store: kept, feed, policy: policy.value, now, accounts, isSecure }),
  });
  onTestFinished(stop);
  /** Makes an account; gives its password. */
  async function account(name: string, role: AccountRole): Promise<string> {
    const made = await putAccount(accounts, { name, role });
    if (!made.ok) throw new Error(made.error.message);
    return made.value.password;
  }
  return { shop, build, data, accounts, clock, url, store, account };
}
