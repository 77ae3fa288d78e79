import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  consoleRoutes,
  createRingAssessor,
  openRingStore,
  putAccount,
  startRingServer,
  usualLevelOf,
} from "../../../src-ops/server/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { type PostgresServer, startPostgres } from "../../fakes/postgres-server.ts";
import { openFeedFixture } from "../feed/support/feed-fixture.ts";
import { succeed } from "../support/vaultctl.ts";

let postgres: PostgresServer;
beforeAll(async () => void (postgres = await startPostgres()));
afterAll(() => postgres.stop());

/** Two servers with a console on one database. */
async function openPair() {
  const publisher = await openFeedFixture();
  const databaseUrl = await postgres.create();
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const start = async () => {
    const store = await openRingStore({ data: "", databaseUrl }, "fail");
    if (!store.ok) throw new Error(store.error.message);
    const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
    const ports = { store: store.value, feed, policy: policy.value, now: Date.now };
    const { url, stop } = await startRingServer({
      ...ports,
      roots: [],
      host: "127.0.0.1",
      port: 0,
      note: () => undefined,
      ticketToken: () => undefined,
      alsoServe: [
        consoleRoutes({ ...ports, assessor: createRingAssessor(ports), levelOf: usualLevelOf, isSecure: false }),
      ],
    });
    onTestFinished(stop);
    return { url, store: store.value };
  };
  const servers = [await start(), await start()] as const;
  const accounts = servers[0].store.accounts;
  const logIn = async (url: string, name: string, password: string) => {
    const answer = await fetch(`${url}/console/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name, password }),
    });
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";", 1).join(""));
    return { status: answer.status, cookie: cookies.join("; ") };
  };
  const statuses = (cookie: string) =>
    Promise.all(
      servers.map(async ({ url }) => (await fetch(`${url}/console/rings`, { headers: { Cookie: cookie } })).status),
    );
  return { databaseUrl, servers, accounts, logIn, statuses };
}

type Change = {
  readonly name: string;
  readonly make: (pair: Awaited<ReturnType<typeof openPair>>) => Promise<unknown>;
};

const CHANGES: readonly Change[] = [
  {
    name: "gets a new password",
    make: ({ databaseUrl }) => succeed(["ring", "account", "ann", "--role", "manager", "--database-url", databaseUrl]),
  },
  {
    name: "gets another role",
    make: ({ accounts }) => putAccount(accounts, { name: "ann", role: "viewer" }),
  },
  {
    name: "is removed",
    make: ({ databaseUrl }) => succeed(["ring", "account-remove", "ann", "--database-url", databaseUrl]),
  },
  {
    name: "is removed and created again",
    make: async ({ accounts }) => {
      await accounts.remove("ann");
      await putAccount(accounts, { name: "ann", role: "manager" });
    },
  },
];

describe(`the sessions of an account end on all servers (${CHANGES.length} changes)`, () => {
  it.each(CHANGES)("when it $name", async ({ make }) => {
    const pair = await openPair();
    const { servers, accounts, logIn, statuses } = pair;
    const { password } = await putAccount(accounts, { name: "ann", role: "manager" });
    const bob = await putAccount(accounts, { name: "bob", role: "viewer" });
    const [first, second, other] = [
      await logIn(servers[0].url, "ann", password),
      await logIn(servers[1].url, "ann", password),
      await logIn(servers[1].url, "bob", bob.password),
    ];
    expect(await Promise.all([first, second, other].map(({ cookie }) => statuses(cookie)))).toEqual(
      Array.from({ length: 3 }, () => [200, 200]),
    );
    await make(pair);
    expect(await statuses(first.cookie)).toEqual([401, 401]);
    expect(await statuses(second.cookie)).toEqual([401, 401]);
    expect(await statuses(other.cookie)).toEqual([200, 200]);
  });

  it("even if a login with the old password is being checked at the same time", async () => {
    const { servers, accounts, logIn, statuses } = await openPair();
    let { password } = await putAccount(accounts, { name: "ann", role: "manager" });
    for (let round = 0; round < 5; round++) {
      const late = logIn(servers[1].url, "ann", password);
      ({ password } = await putAccount(accounts, { name: "ann", role: "manager" }));
      const { cookie } = await late;
      expect(await statuses(cookie)).toEqual([401, 401]);
    }
  });
});
