import { describe, expect, it } from "vitest";
import { openConsoleFixture } from "./console-fixture.ts";

// Checking a password is slow on purpose, so the limits are lower than the defaults.
const LOGINS = {
  address: { max: 2, timeWindow: 60_000 },
  name: { max: 4, timeWindow: 600_000 },
  browser: { max: 2, timeWindow: 60_000 },
  strangers: { running: 2, waiting: 4 },
};

type Browser = { cookie: string };

/** A console behind a proxy, so that a test can choose the addresses of its senders. */
async function open() {
  const fixture = await openConsoleFixture({ trustedProxies: ["127.0.0.1"], logins: LOGINS });
  /** Tries to log in; a browser keeps its cookies. Returns the status of the response. */
  async function tries(name: string, password: string, address: string, browser: Browser = { cookie: "" }) {
    const answer = await fetch(`${fixture.url}/console/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Forwarded-For": address, Cookie: browser.cookie },
      body: JSON.stringify({ name, password }),
    });
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";", 1).join(""));
    if (cookies.length > 0) browser.cookie = cookies.join("; ");
    return answer.status;
  }
  /** Guesses at the same time. Returns the statuses, sorted. */
  async function guesses(count: number, name: string, addressOf: (index: number) => string) {
    const statuses = Array.from({ length: count }, (_, index) => tries(name, "guess", addressOf(index)));
    return (await Promise.all(statuses)).toSorted((a, b) => a - b);
  }
  return { ...fixture, tries, guesses };
}

const someAddress = (index: number) => `198.51.100.${index}`;
const refusedAfter = (count: number) => [...Array.from({ length: count }, () => 401), 429];

describe("password attempts", () => {
  it.each([
    ["of one IPv4 address", () => "198.51.100.1"],
    ["of one IPv6 network of 64 bits", (index: number) => `2001:db8:0:1::${index}`],
    [
      "of an IPv4 address in its IPv6 forms",
      (index: number) => (index % 2 === 0 ? "::ffff:198.51.100.1" : "198.51.100.1"),
    ],
  ])("%s are limited", async (_name, addressOf) => {
    const { guesses } = await open();
    expect(await guesses(3, "ann", addressOf)).toEqual(refusedAfter(2));
  });

  it("at one name are limited, whether the account exists or not", async () => {
    const { account, guesses, tries } = await open();
    const [ann, bob] = [await account("ann", "manager"), await account("bob", "manager")];
    expect(await guesses(5, "ann", someAddress)).toEqual(refusedAfter(4));
    expect(await guesses(5, "nobody", (index) => `203.0.113.${index}`)).toEqual(refusedAfter(4));
    expect(await tries("ann", ann, "192.0.2.1")).toBe(429);
    expect(await tries("bob", bob, "192.0.2.1")).toBe(200);
  });

  it("of strangers lock nobody out who has logged in with this browser before", async () => {
    const { account, guesses, tries } = await open();
    const ann = await account("ann", "manager");
    const browser = { cookie: "" };
    expect(await tries("ann", ann, "192.0.2.1", browser)).toBe(200);
    expect(await guesses(5, "ann", someAddress)).toContain(429);
    expect(await guesses(3, "bob", () => "192.0.2.1")).toContain(429);
    // From the address of a guesser too.
    expect(await tries("ann", ann, "192.0.2.1", { ...browser })).toBe(200);
    expect(await tries("ann", ann, "198.51.100.200", { cookie: "uvv-ring-browser=AAAA" })).toBe(429);
  });

  it("with a known browser are limited too, and it is known for its own account only", async () => {
    const { account, guesses, tries } = await open();
    const [ann, bob] = [await account("ann", "viewer"), await account("bob", "manager")];
    const browser = { cookie: "" };
    await tries("ann", ann, "192.0.2.1", browser);
    const own = Array.from({ length: 3 }, (_, index) => tries("ann", "guess", someAddress(index), { ...browser }));
    expect((await Promise.all(own)).toSorted((a, b) => a - b)).toEqual(refusedAfter(2));
    expect(await guesses(5, "bob", (index) => `203.0.113.${index}`)).toContain(429);
    expect(await tries("bob", bob, "192.0.2.9", browser)).toBe(429);
  });

  it("with a browser that knew a removed account of the same name count as those of a stranger", async () => {
    const { account, guesses, tries, store } = await open();
    const browser = { cookie: "" };
    await tries("ann", await account("ann", "viewer"), "192.0.2.1", browser);
    await store.accounts.remove("ann");
    const ann = await account("ann", "viewer");
    expect(await guesses(5, "ann", someAddress)).toContain(429);
    expect(await tries("ann", ann, "192.0.2.9", browser)).toBe(429);
  });

  it("of many strangers at the same time are refused before they keep the server busy", async () => {
    const { account, tries } = await open();
    const ann = await account("ann", "manager");
    const browser = { cookie: "" };
    await tries("ann", ann, "192.0.2.1", browser);
    const flood = Promise.all(
      Array.from({ length: 14 }, (_, index) => tries(`name-${index}`, "x", someAddress(index))),
    );
    const known = tries("ann", ann, "192.0.2.1", browser);
    const statuses = await flood;
    expect(statuses.filter((status) => status === 401).length).toBe(6);
    expect(statuses.filter((status) => status === 429).length).toBe(8);
    expect(await known).toBe(200);
  });
});
