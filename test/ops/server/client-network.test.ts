import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { proxyAddress, publicUrl } from "../../../src-ops/cli/options.ts";
import { startRingServer } from "../../../src-ops/server/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { LOGS_PATH } from "../../../src-shared/telemetry/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Header lines as they are sent, so that a name may occur twice. */
type Lines = readonly (readonly [name: string, value: string])[];

const ONCE = { max: 1, timeWindow: 60_000 };

/** A server that accepts one request per minute from each network. This computer is its proxy. */
async function start(trustedProxies: readonly string[]) {
  const server = await startRingServer({
    store: openSqliteStore(join(temporaryFolder(), "ring.sqlite")),
    roots: [],
    host: "127.0.0.1",
    port: 0,
    trustedProxies,
    now: Date.now,
    note: () => undefined,
    ticketToken: () => undefined,
    limits: { device: ONCE, stranger: ONCE, unenrolled: ONCE },
  });
  onTestFinished(server.stop);
  return (lines: Lines) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = [["Host", "x"], ["Content-Type", "application/json"], ["Content-Length", "2"], ...lines].flat();
      const asking = request(`${server.url}${LOGS_PATH}`, { method: "POST", headers, agent: false }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode));
      });
      asking.once("error", reject).end("{}");
    });
}

const via = (...values: readonly string[]): Lines => values.map((value) => ["X-Forwarded-For", value]);
const PROXY = ["127.0.0.1"];

type Case = {
  readonly name: string;
  readonly trusted?: readonly string[];
  readonly first: Lines;
  readonly second: Lines;
};

const TWO_SENDERS: readonly Case[] = [
  { name: "two clients of one proxy", first: via("192.0.2.1"), second: via("192.0.2.2") },
  {
    name: "two clients behind two proxies in a row",
    trusted: ["127.0.0.1", "10.0.0.0/8"],
    first: via("192.0.2.1, 10.0.0.7"),
    second: via("192.0.2.2, 10.0.0.7"),
  },
  { name: "two addresses with ports", first: via("192.0.2.1:1111"), second: via("192.0.2.2:1111") },
  { name: "two IPv6 addresses with ports", first: via("[2001:db8::1]:1"), second: via("[2001:db9::1]:1") },
  { name: "two IPv6 networks", first: via("2001:db8:0:1::1"), second: via("2001:db8:0:2::1") },
  { name: "two IPv4 addresses in their IPv6 form", first: via("::ffff:192.0.2.1"), second: via("::ffff:192.0.2.2") },
  {
    name: "a proxy in the IPv6 form of its address",
    trusted: ["::ffff:127.0.0.1"],
    first: via("192.0.2.1"),
    second: [],
  },
];

const ONE_SENDER: readonly Case[] = [
  { name: "one client that asks twice", first: via("192.0.2.1"), second: via("192.0.2.1") },
  { name: "a sender whose proxy is not trusted", trusted: [], first: via("192.0.2.1"), second: via("192.0.2.2") },
  {
    name: "a sender that is not the trusted proxy",
    trusted: ["192.0.2.200", "10.0.0.0/8"],
    first: via("192.0.2.1"),
    second: via("192.0.2.2"),
  },
  {
    name: "entries that the client wrote before the proxy's own",
    first: via("198.51.100.1, 192.0.2.1"),
    second: via("198.51.100.2, 198.51.100.3, 192.0.2.1"),
  },
  {
    name: "the client's own header line before the proxy's",
    first: via("198.51.100.1", "192.0.2.1"),
    second: via("198.51.100.2", "192.0.2.1"),
  },
  {
    name: "a client that adds the address of the proxy and another address before it",
    first: via("198.51.100.1, 127.0.0.1, 192.0.2.1"),
    second: via("198.51.100.2, 127.0.0.1, 192.0.2.1"),
  },
  {
    name: "one client through two inner proxies",
    trusted: ["127.0.0.1", "10.0.0.0/8"],
    first: via("192.0.2.1, 10.0.0.7"),
    second: via("192.0.2.1, 10.0.0.8"),
  },
  { name: "an address with its port", first: via("192.0.2.1:1111"), second: via("192.0.2.1:2222") },
  { name: "an IPv6 address with its port", first: via("[2001:db8::1]:1111"), second: via("[2001:db8::1]:2222") },
  { name: "addresses of one IPv6 network", first: via("2001:db8::1"), second: via("2001:db8::ffff:ffff:1") },
  { name: "one IPv6 address written twice", first: via("2001:DB8::1"), second: via("2001:db8:0:0:0:0:0:1") },
  { name: "one IPv4 address in both families", first: via("::ffff:192.0.2.1"), second: via("192.0.2.1") },
  { name: "an IPv4 address as hexadecimal IPv6", first: via("::ffff:c000:201"), second: via("192.0.2.1") },
  { name: "text that is not an address", first: via("unknown"), second: via("x".repeat(4_000)) },
  { name: "octal and short forms", first: via("0300.0.2.1"), second: via("192.513") },
  { name: "empty entries", first: via(""), second: via(" , ,") },
  {
    name: "headers of other proxies",
    first: [
      ["X-Real-IP", "192.0.2.1"],
      ["Forwarded", "for=192.0.2.1"],
      ["True-Client-IP", "192.0.2.1"],
    ],
    second: [
      ["CF-Connecting-IP", "192.0.2.2"],
      ["X-Client-IP", "192.0.2.2"],
      ["X_Forwarded_For", "192.0.2.2"],
    ],
  },
];

describe("the network that a request is counted under", () => {
  it.each(TWO_SENDERS)("is different for $name", async ({ trusted = PROXY, first, second }) => {
    const ask = await start(trusted);
    expect([await ask(first), await ask(second), await ask(first)]).toEqual([400, 400, 429]);
  });

  it.each(ONE_SENDER)("is the same for $name", async ({ trusted = PROXY, first, second }) => {
    const ask = await start(trusted);
    expect([await ask(first), await ask(second)]).toEqual([400, 429]);
  });

  it("is never read from a request with so many headers that the proxy's could be dropped", async () => {
    const ask = await start(PROXY);
    const padding = Array.from({ length: 60 }, (_, index): Lines[number] => [`X-Pad-${index}`, "x"]);
    const headers = [...via("198.51.100.1"), ...padding, ...via("192.0.2.1")];
    // Node answers 431 and closes the connection at once, so the response does not always arrive.
    expect(await ask(headers).catch((error: Error) => error.message)).toBeOneOf([431, "socket hang up"]);
    expect(await ask(via("192.0.2.1"))).toBe(400);
  });
});

describe("--trusted-proxy and --public-url", () => {
  it("take addresses and networks", () => {
    for (const text of ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32", "::ffff:127.0.0.1"])
      expect(proxyAddress(text)).toBe(text);
  });

  it("refuse names, hop counts and networks that hold senders", () => {
    for (const text of ["", "true", "1", "127.1", "localhost", "loopback", "*", "0.0.0.0/0", "::/0", "10.0.0.0/"])
      expect(() => proxyAddress(text), text).toThrow("IP address");
    for (const text of ["10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "10.0.0.1,10.0.0.2", "::1/129"])
      expect(() => proxyAddress(text), text).toThrow("IP address");
  });

  it("take an https address without a path, or http on this computer", () => {
    expect(publicUrl("https://rings.example.org/")).toBe("https://rings.example.org");
    expect(publicUrl("http://127.0.0.1:8787")).toBe("http://127.0.0.1:8787");
    for (const text of ["http://rings.example.org", "https://example.org/rings", "https://example.org/?x", "rings"])
      expect(() => publicUrl(text), text).toThrow("must");
  });
});
