import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { ENROL_HEADER, ENROLMENT_PROFILE, ERASE_PATH, LOGS_PATH } from "../../../src-shared/telemetry/index.ts";
import { type RingServerPorts, startRingServer } from "../../../src-ops/server/ring-server.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { signToken } from "../../fakes/issuer.ts";
import { createFrozenPilot, createPilot, enrolmentIssuer, type Pilot } from "../../fakes/pilot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testKey } from "../../fakes/test-keys.ts";

const NOW = 1_767_225_600_000;
const KIB = 1_024;
const MIB = 1_024 * KIB;
const BARE = { "Content-Type": "application/json" };

async function start(more: Partial<RingServerPorts> = {}) {
  const store = openSqliteStore(join(temporaryFolder(), "ring.sqlite"));
  const server = await startRingServer({
    store,
    roots: [enrolmentIssuer.root],
    host: "127.0.0.1",
    port: 0,
    trustedProxies: ["127.0.0.1"],
    now: () => NOW,
    note: () => undefined,
    ticketToken: () => undefined,
    ...more,
  });
  onTestFinished(server.stop);
  const rows = (table: string) => Number(store.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);
  const tables = [
    "events",
    "slots",
    "machine_slots",
    "machine_days",
    "durations",
    "platforms",
    "steps",
    "machines",
    "enrolments",
    "erasures",
    "tickets",
  ];
  const allRows = () => tables.reduce((sum, table) => sum + rows(table), 0);
  return { ...server, store, allRows };
}

type Server = Awaited<ReturnType<typeof start>>;

const statusOf = async (response: Promise<Response>) => (await response).status;
const statesOf = (pilot: Pilot, count: number) =>
  Array.from({ length: count }, (_, index) => pilot.stateEvent(index + 1));

/** An enrolment for the pilot's computer with the name of a trusted key, signed by another key. */
function forgedToken(pilot: Pilot): string {
  const [, claims = ""] = pilot.token.split(".");
  const thief = testKey("thief", "telemetry-enrolment", { kid: enrolmentIssuer.root.kid });
  return signToken(ENROLMENT_PROFILE.typ, JSON.parse(Buffer.from(claims, "base64url").toString()), thief);
}

/** Sends headers that announce a body, and no byte of it. Resolves with the status of the response. */
function announce(url: string, headers: Record<string, string>): Promise<number | "no response"> {
  return new Promise((resolve) => {
    const asking = request(`${url}${LOGS_PATH}`, { method: "POST", headers: { ...BARE, ...headers } }, (response) => {
      resolve(response.statusCode ?? 0);
      asking.destroy();
    });
    asking.on("error", () => resolve("no response"));
    asking.flushHeaders();
    setTimeout(() => (resolve("no response"), asking.destroy()), 2_000).unref();
  });
}

type Flood = {
  readonly name: string;
  /** Resolves with the statuses of all responses. */
  readonly act: (server: Server) => Promise<readonly unknown[]>;
  readonly statuses: readonly unknown[];
};

const FLOODS: readonly Flood[] = [
  {
    name: "batches of computers without enrolment",
    statuses: Array.from({ length: 30 }, () => 200),
    act: ({ url }) =>
      Promise.all(
        Array.from({ length: 30 }, (_, index) => {
          const pilot = createFrozenPilot(`stranger ${index}`, NOW);
          return statusOf(pilot.post(url, LOGS_PATH, pilot.bodyOf(statesOf(pilot, 10), 10), BARE));
        }),
      ),
  },
  {
    name: "a large batch without enrolment",
    statuses: [413],
    act: async ({ url }) => [
      await statusOf(fetch(`${url}${LOGS_PATH}`, { method: "POST", headers: BARE, body: " ".repeat(65 * KIB) })),
    ],
  },
  {
    name: "a body without enrolment whose length is not announced",
    statuses: [413],
    act: async ({ url }) => [await announce(url, { "Transfer-Encoding": "chunked" })],
  },
  {
    name: "requests to erase random computers",
    statuses: Array.from({ length: 30 }, () => 200),
    act: ({ url }) =>
      Promise.all(
        Array.from({ length: 30 }, (_, index) => {
          const pilot = createFrozenPilot(`never seen ${index}`, NOW);
          return statusOf(pilot.post(url, ERASE_PATH, utf8(JSON.stringify({ v: 1, pid: pilot.pid, at: NOW })), BARE));
        }),
      ),
  },
  {
    name: "forged enrolments under the name of a trusted key, before the body is read",
    statuses: Array.from({ length: 20 }, () => 401),
    act: ({ url }) => {
      const token = forgedToken(createFrozenPilot("forger", NOW));
      const headers = { [ENROL_HEADER]: token, "Content-Length": String(MIB) };
      return Promise.all(Array.from({ length: 20 }, () => announce(url, headers)));
    },
  },
];

describe(`${FLOODS.length} floods of strangers`, () => {
  it.each(FLOODS)("store nothing: $name", async ({ act, statuses }) => {
    const server = await start();
    expect(await act(server)).toEqual(statuses);
    expect(server.allRows()).toBe(0);
  });

  it("are told that nothing was stored, so that no app sends it again", async () => {
    const { url, allRows } = await start();
    const guest = createFrozenPilot("guest", NOW);
    const answer = await guest.post(url, LOGS_PATH, guest.bodyOf(statesOf(guest, 3), 3), BARE);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: "3" } });
    expect(allRows()).toBe(0);
  });

  it("of one address are answered with 429, and another address is not affected", async () => {
    const limits = {
      device: { max: 9, timeWindow: 60_000 },
      stranger: { max: 3, timeWindow: 60_000 },
      unenrolled: { max: 2, timeWindow: 60_000 },
    };
    const { url } = await start({ limits });
    const pilot = createFrozenPilot("one", NOW);
    const forged = forgedToken(pilot);
    const empty = pilot.bodyOf([], 1);
    const from = (address: string, token?: string) =>
      statusOf(
        pilot.post(url, LOGS_PATH, empty, {
          ...BARE,
          "X-Forwarded-For": address,
          ...(token === undefined ? {} : { [ENROL_HEADER]: token }),
        }),
      );
    const several = async (count: number, ...sender: Parameters<typeof from>) => {
      const statuses: number[] = [];
      for (let index = 0; index < count; index++) statuses.push(await from(...sender));
      return statuses;
    };
    expect(await several(3, "192.0.2.1")).toEqual([200, 200, 429]);
    expect(await several(4, "192.0.2.1", forged)).toEqual([401, 401, 401, 429]);
    expect(await several(1, "192.0.2.2")).toEqual([200]);
    expect(await several(1, "192.0.2.2", forged)).toEqual([401]);
  });
});

describe("one enrolled computer", () => {
  it("loses no part of its own limit to a thief of its enrolment at another address", async () => {
    const limits = {
      device: { max: 3, timeWindow: 60_000 },
      stranger: { max: 50, timeWindow: 60_000 },
      unenrolled: { max: 50, timeWindow: 60_000 },
    };
    const { url } = await start({ limits });
    const pilot = createFrozenPilot("one", NOW);
    const send = (address: string, signature?: string) => {
      const body = pilot.bodyOf(statesOf(pilot, 1), 1);
      const headers = { ...pilot.headersOf(url, LOGS_PATH, body), "X-Forwarded-For": address };
      return statusOf(
        pilot.post(url, LOGS_PATH, body, signature ? { ...headers, "UVV-Signature": signature } : headers),
      );
    };
    expect(await send("192.0.2.1")).toBe(200);
    for (let turn = 0; turn < 10; turn++) await send("198.51.100.7", "A".repeat(86));
    expect([await send("192.0.2.1"), await send("192.0.2.1"), await send("192.0.2.1")]).toEqual([200, 200, 429]);
  });

  it("sends at most 32 MiB a day; what is above waits for the next day", async () => {
    let now = NOW;
    const { url, store } = await start({ now: () => now });
    const pilot = createPilot("one", NOW, "ring0", "0.2.0", () => now);
    const body = utf8(" ".repeat(MIB));
    const statuses: number[] = [];
    for (let turn = 0; turn < 33; turn++) statuses.push(await statusOf(pilot.post(url, LOGS_PATH, body)));
    expect(statuses).toEqual([...Array.from({ length: 32 }, () => 400), 429]);
    const refused = await pilot.send(url, statesOf(pilot, 1), 1);
    expect([refused.status, Number(refused.headers.get("Retry-After"))]).toEqual([429, 3_600]);
    expect(await statusOf(createFrozenPilot("other", NOW).send(url, []))).toBe(200);
    now += 86_400_000;
    expect(await statusOf(pilot.send(url, statesOf(pilot, 1), 1))).toBe(200);
    expect((await store.totals("ring0", "0.2.0", 0)).operations).toBe(0);
  });

  it("sends at most 200 records in one batch", async () => {
    const { url } = await start();
    const pilot = createFrozenPilot("one", NOW);
    expect(await statusOf(pilot.send(url, statesOf(pilot, 200), 200))).toBe(200);
    expect(await statusOf(pilot.send(url, statesOf(pilot, 201), 500))).toBe(400);
  });
});
