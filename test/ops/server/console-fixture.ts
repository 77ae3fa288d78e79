import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  alertIncidents,
  usualLevelOf,
  watchOnce,
  type AccountRole,
  consoleRoutes,
  createRingAssessor,
  putAccount,
  RING_DATABASE,
  startRingServer,
} from "../../../src-ops/server/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { LOGIN_RATES } from "../../../src-ops/server/console/login-limits.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { NOW, openFeedFixture } from "../feed/support/feed-fixture.ts";

/** When the ring began to run the build. */
export const START = NOW * 1_000;

/** A feed whose ring0 runs a build, and a ring server with its console. The test sets the clock. */
export async function openConsoleFixture({
  isSecure = false,
  trustedProxies = [] as readonly string[],
  logins = LOGIN_RATES,
} = {}) {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const data = temporaryFolder();
  const store = openSqliteStore(join(data, RING_DATABASE));
  const clock = { now: START };
  const now = () => clock.now;
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const assessorPorts = { store, feed, policy: policy.value, now };
  const assessor = createRingAssessor(assessorPorts);
  const { url, stop } = await startRingServer({
    store,
    roots: [],
    host: "127.0.0.1",
    port: 0,
    trustedProxies,
    now,
    note: () => undefined,
    ticketToken: () => undefined,
    alsoServe: [consoleRoutes({ ...assessorPorts, assessor, levelOf: usualLevelOf, isSecure, logins })],
  });
  onTestFinished(stop);
  /** Creates an account and returns its password. */
  async function account(name: string, role: AccountRole): Promise<string> {
    return (await putAccount(store.accounts, { name, role })).password;
  }
  /** One evaluation by the watch, so many hours after the start. */
  async function look(hours: number): Promise<void> {
    const at = () => START + hours * HOUR_MS;
    const ports = { ...assessorPorts, now: at };
    const looked = await watchOnce({ ...ports, assessor: createRingAssessor(ports) });
    if (!looked.ok) throw new Error(looked.error.message);
    await alertIncidents(store, looked.value, undefined, at(), new AbortController().signal);
  }
  return { publisher, build, data, clock, url, store, account, look };
}
