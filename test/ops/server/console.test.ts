import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { HOUR_MS } from "../gates/facts.ts";
import {
  normalizedAnswer,
  normalizedFinding,
  normalizedProblem,
  normalizedState,
  normalizedStep,
  stateOf,
} from "../gates/normalized-events.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { incidentCard } from "../../../src-ops/server/console/incident-list.ts";
import type { IncidentView } from "../../../src-ops/server/console/view.ts";
import { viewerOf } from "../../../src-ops/server/console/viewer.ts";
import { openConsoleFixture, START } from "./console-fixture.ts";
import { storeEvents } from "./store-events.ts";

const LIFE_MS = 12 * HOUR_MS;
const MINUTE_MS = 60_000;
// The interval at which a browser refreshes.
const REFRESH_MS = 5_000;

async function open(options: Parameters<typeof openConsoleFixture>[0] = {}) {
  const fixture = await openConsoleFixture(options);
  const { url } = fixture;
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
  const logIn = async (name: string, password: string) => {
    const answer = await post("/console/login", { name, password });
    const [set = null] = answer.headers.getSetCookie();
    const [cookie = ""] = (set ?? "").split(";");
    return { status: answer.status, header: { Cookie: cookie }, set };
  };
  return { ...fixture, post, get, logIn };
}

describe("the console's login", () => {
  it("accepts a name with its password, and nothing else", async () => {
    const { account, logIn, get } = await open();
    const password = await account("ann", "manager");
    expect(password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    for (const [name, given] of [
      ["ann", "wrong"],
      ["ann", ""],
      ["bob", password],
      ["ANN", password],
    ] as const) {
      expect(await logIn(name, given)).toMatchObject({ status: 401, set: null });
    }
    expect((await get("/console/rings")).status).toBe(401);
    expect((await get("/console/rings", { Cookie: "uvv-ring=AAAA" })).status).toBe(401);
    const ann = await logIn("ann", password);
    expect(ann.set).toMatch(/^uvv-ring=[\w-]{43}; Max-Age=43200; Path=\/console; HttpOnly; SameSite=Strict$/);
    expect((await get("/console/rings", ann.header)).status).toBe(200);
  });

  it("stores neither passwords nor session tokens", async () => {
    const { account, logIn, store } = await open();
    const password = await account("ann", "manager");
    const { header } = await logIn("ann", password);
    const rows = (table: string) => JSON.stringify(store.database.prepare(`SELECT * FROM ${table}`).all());
    expect(rows("accounts")).toContain("ann");
    expect(rows("accounts")).not.toContain(password);
    const stored = rows("logins");
    expect(stored).toContain("ann");
    expect(stored).not.toContain(header.Cookie.split("=")[1]);
  });

  it("ends after twelve hours, at a log-out, and when the account is removed", async () => {
    const { account, data, logIn, get, post, clock } = await open();
    const password = await account("ann", "viewer");
    const status = async (header: { Cookie: string }) => (await get("/console/rings", header)).status;
    const [one, other] = [await logIn("ann", password), await logIn("ann", password)];
    expect([await status(one.header), await status(other.header)]).toEqual([200, 200]);
    await post("/console/logout", {}, one.header);
    expect([await status(one.header), await status(other.header)]).toEqual([401, 200]);
    clock.now = START + LIFE_MS - 1;
    expect(await status(other.header)).toBe(200);
    clock.now = START + LIFE_MS;
    expect(await status(other.header)).toBe(401);
    clock.now = START;
    await succeed(["ring", "account-remove", "ann", "--data", data]);
    expect(await status(other.header)).toBe(401);
  });

  it("limits password attempts for each address", async () => {
    // The rate limit reads the system's clock; everything else runs in real time.
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    onTestFinished(() => void vi.useRealTimers());
    const { account, logIn, post } = await open();
    const password = await account("ann", "viewer");
    for (let guess = 0; guess < 10; guess++) expect((await logIn("ann", `guess ${guess}`)).status).toBe(401);
    const refused = await post("/console/login", { name: "ann", password });
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "60"]);
    expect(await refused.json()).toEqual({ code: "TOO_MANY_LOGINS" });
    vi.setSystemTime(START + MINUTE_MS);
    expect((await logIn("ann", password)).status).toBe(200);
  });

  it("sends its cookie only by https behind an https URL, and accepts no cookie that another host could set", async () => {
    const { account, logIn, get, post } = await open({ isSecure: true });
    const { header, set } = await logIn("ann", await account("ann", "viewer"));
    expect(set).toMatch(/^__Host-uvv-ring=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect((await get("/console/rings", header)).status).toBe(200);
    const plain = { Cookie: header.Cookie.replace("__Host-", "") };
    expect((await get("/console/rings", plain)).status).toBe(401);
    const left = await post("/console/logout", {}, header);
    expect(left.headers.get("Set-Cookie")).toMatch(/^__Host-uvv-ring=; Max-Age=0; Path=\/;.* HttpOnly; Secure;/);
    expect((await get("/console/rings", header)).status).toBe(401);
  });

  it("lets nobody lock out others with wrong passwords through the same proxy", async () => {
    const { account, post } = await open({ trustedProxies: ["127.0.0.1"] });
    const password = await account("ann", "manager");
    const login = (from: string, given: string) =>
      post("/console/login", { name: "ann", password: given }, { "X-Forwarded-For": from });
    for (let guess = 0; guess < 10; guess++) expect((await login("198.51.100.7", "wrong")).status).toBe(401);
    expect((await login("198.51.100.7", "wrong")).status).toBe(429);
    expect((await login("192.0.2.1", password)).status).toBe(200);
  });

  it("refuses requests that another site sends in the name of a user", async () => {
    const { account, logIn, get, post, build, url, publisher } = await open();
    const { header } = await logIn("ann", await account("ann", "manager"));
    const order = { ring: "ring0", build, reason: "Forged" };
    // What a form of another site could send, even if the browser added the cookie.
    expect((await post("/console/halt", order, { ...header, "Content-Type": "text/plain" })).status).toBe(415);
    expect((await fetch(`${url}/console/logout`, { method: "POST", headers: header })).status).toBe(415);
    expect((await post("/console/logout", {}, { ...header, "Content-Encoding": "gzip" })).status).toBe(415);
    const { rings } = await publisher.feed<{ rings: { ring0: { halt?: object } } }>("status");
    expect(rings.ring0.halt ?? null).toBeNull();
    const page = await get("/console", header);
    expect(page.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("Content-Security-Policy")).not.toContain("unsafe");
  });
});

describe("the console's page", () => {
  it("escapes all text that people wrote", async () => {
    const { account, logIn, get, post, build } = await open();
    const { header } = await logIn("ann", await account("ann", "manager"));
    const reason = `<img src=x onerror="alert('1')"> & more`;
    expect((await post("/console/halt", { ring: "ring0", build, reason }, header)).status).toBe(200);
    const text = await (await get("/console/rings", header)).text();
    expect(text).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more");
    expect(text).not.toContain("<img");
  });

  it("logs which build was halted by whom in the decision log", async () => {
    const { account, logIn, get, post, build, data } = await open();
    const { header } = await logIn("ann", await account("ann", "manager"));
    await post("/console/halt", { ring: "ring0", build, reason: "No sound" }, header);
    const audit = await vaultctl(["ring", "audit", "--data", data, "--json"]);
    expect(audit.stdout).toContain('"kind":"halt-by-hand"');
    expect(audit.stdout).toContain('"by":"ann"');
    expect(await (await get("/console/rings", header)).text()).toContain("halt-by-hand");
  });

  it("refuses to halt a build that the ring does not run", async () => {
    const { account, logIn, post } = await open();
    const { header } = await logIn("ann", await account("ann", "manager"));
    const unknown = await post("/console/halt", { ring: "ga", build: "9.9.9-000000000000", reason: "x" }, header);
    expect(unknown.status).toBeGreaterThanOrEqual(400);
    const { header: bob } = await logIn("bob", await account("bob", "viewer"));
    expect((await post("/console/halt", { ring: "ring0", build: "9.9.9-000000000000", reason: "x" }, bob)).status).toBe(
      403,
    );
  });
});

describe("what the console shows of the computers", () => {
  const machine = testId("machine 0");
  const at = START + HOUR_MS;
  const where = (seq: number) => ({ machine, session: "one", seq, at: at + seq });

  async function openConsole() {
    const fixture = await open();
    fixture.clock.now = START + 2 * HOUR_MS;
    await fixture.store.enrol(machine, "ring0");
    const logged = async (name: string, role: "manager" | "viewer") =>
      (await fixture.logIn(name, await fixture.account(name, role))).header;
    const [ann, bob] = [await logged("ann", "manager"), await logged("bob", "viewer")];
    const shown = async (header: { Cookie: string }) => await (await fixture.get("/console/rings", header)).text();
    return { ...fixture, ann, bob, shown };
  }

  it("shows the current incidents, the worst first", async () => {
    const { store, ann, shown, clock } = await openConsole();
    expect(await shown(ann)).toContain("There are no incidents.");
    const crashed = stateOf("0.2.0", [{ kind: "crash", process: "main" }]);
    await storeEvents(store, [normalizedState(where(1), crashed), normalizedFinding(where(2), "ab".repeat(32))]);
    clock.now += REFRESH_MS;
    const page = await shown(ann);
    const incident = (level: string, what: string) =>
      page.search(new RegExp(`${level}: </span\\s*>\\s*<strong>${what}</strong\\s*>`));
    expect(incident("Critical", "The app crashed")).toBeGreaterThan(0);
    expect(incident("Warning", "Somebody tried to use an altered or older file")).toBeGreaterThan(
      incident("Critical", "The app crashed"),
    );
    // The watch has not stored the incidents yet, so they cannot be acknowledged.
    expect(page).not.toContain("data-answer");
  });

  it("lets a manager acknowledge an incident once, but not a viewer", async () => {
    const { store, ann, bob, shown, post, clock } = await openConsole();
    await storeEvents(store, [normalizedState(where(1), stateOf("0.2.0", [{ kind: "crash", process: "main" }]))]);
    const id = `ring0-crash-${START / 1_000}`;
    const detail = "1 against 0";
    await store.incidents.upsert([{ id, kind: "crash", ring: "ring0", version: "0.2.0", detail }], clock.now);
    await store.incidents.setAlertsSent(id, 1);
    clock.now += 5 * MINUTE_MS;
    expect(await shown(ann)).toContain("for 5 min · reminder in 10 min");
    expect(await shown(ann)).toContain(`data-answer="${id}"`);
    expect(await shown(bob)).not.toContain("data-answer");
    expect((await post("/console/answer", { incident: id })).status).toBe(401);
    expect((await post("/console/answer", { incident: id }, bob)).status).toBe(403);
    expect((await post("/console/answer", { incident: 7 }, ann)).status).toBe(400);
    expect((await post("/console/answer", { incident: "another" }, ann)).status).toBe(409);
    expect((await post("/console/answer", { incident: id }, ann)).status).toBe(200);
    expect(await shown(ann)).toContain("acknowledged");
    expect(await shown(ann)).not.toContain("data-answer");
    expect((await post("/console/answer", { incident: id }, ann)).status).toBe(409);
  });

  it("shows the remaining time until each deadline, and what is late", () => {
    const now = START + 20 * HOUR_MS;
    const deadline = (what: "evaluated" | "decided", hours: number, doneAt: number | null) =>
      ({ incident: "one", ring: "ring1", what, until: START + hours * HOUR_MS, doneAt }) as const;
    const shownWith = (...deadlines: IncidentView["deadlines"]) => {
      const about = { id: "one", kind: "crash", ring: "ring1", version: "0.2.0", detail: "1 against 0" } as const;
      const state = { level: "critical", openedAt: START, acknowledgedAt: START, remindsAt: null } as const;
      const reader = { name: "bob", role: "viewer" } as const;
      return incidentCard([{ ...about, ...state, deadlines }], now, viewerOf(reader, "en")).markup;
    };
    const evaluated = deadline("evaluated", 4, START + HOUR_MS);
    expect(shownWith(evaluated, deadline("decided", 24, null))).toContain(
      "for 20 hr · acknowledged · decide within 4 hr",
    );
    expect(shownWith(evaluated, deadline("decided", 19, null))).toContain("it should have been decided by now");
    expect(shownWith(evaluated, deadline("decided", 24, now))).not.toContain("decided");
  });

  it("shows the comments of pilots, and their contact details only to a manager", async () => {
    const { store, ann, bob, shown } = await openConsole();
    const answer = normalizedAnswer(where(1), 7);
    if (answer.event.kind !== "feedback") throw new Error("no answer");
    const feedback = { ...answer.event.feedback, badly: "It <stutters>", contact: "zoe@example.org" };
    await storeEvents(store, [{ ...answer, event: { ...answer.event, feedback } }]);
    expect(await shown(ann)).toContain("<strong>7 of 10</strong> <q>It &lt;stutters&gt;</q>");
    expect(await shown(ann)).toContain("zoe@example.org");
    expect(await shown(bob)).toContain("It &lt;stutters&gt;");
    expect(await shown(bob)).not.toContain("zoe@example.org");
  });

  it("lists what went wrong: refusals, failed updates and problems, the newest first", async () => {
    const { store, ann, shown } = await openConsole();
    expect(await shown(ann)).toContain("Nothing was refused or crashed, no update failed, nobody reported a problem.");
    await storeEvents(store, [
      normalizedFinding(where(1), "ab".repeat(32), { what: "rollback", code: "ROLLED_BACK", cause: "STICK" }),
      normalizedStep(where(2), "failed"),
      normalizedProblem(where(3), "ABCD-2345"),
    ]);
    const page = await shown(ann);
    const [problem, update, refused] = [
      "Problem ABCD-2345 · <q>It stops</q>",
      "Update failed · b2-linux",
      "Refused · license ROLLED_BACK STICK abababababab…",
    ];
    expect(page.indexOf(problem)).toBeGreaterThan(0);
    expect(page.indexOf(update)).toBeGreaterThan(page.indexOf(problem));
    expect(page.indexOf(refused)).toBeGreaterThan(page.indexOf(update));
  });
});

describe("the progress report", () => {
  it("is one self-contained file with the content of the console and no buttons", async () => {
    const { publisher, store, data, account, logIn, get } = await open();
    await store.enrol(testId("machine 0"), "ring0");
    const { header } = await logIn("ann", await account("ann", "manager"));
    const fetched = await get("/console/report", header);
    expect((await get("/console/report")).status).toBe(401);
    const file = join(data, "report.html");
    const options = ["--repo", publisher.repo, "--keys", publisher.keys, "--data", data];
    const output = await succeed(["ring", "report", ...options, "--language", "fr", "--out", file]);
    expect(output).toMatchObject({ file, rings: ["ring0"] });
    for (const [text, verdict] of [
      [await fetched.text(), "Not yet"],
      [readFileSync(file, "utf8"), "Pas encore"],
    ] as const) {
      expect(text).toMatch(
        new RegExp(`<p class="verdict [a-z]+">\\s*<span aria-hidden="true">.</span>\\s*${verdict}\\s*</p>`),
      );
      expect(text).toContain("<style>");
      expect(text).not.toMatch(/<button|<form|<script|<link|\bhref=|\bsrc=/);
    }
  });
});

describe("vaultctl ring account", () => {
  it("creates an account, and gives it a new password when it is run again", async () => {
    const { data, logIn } = await open();
    const made = async () => {
      const answer = await vaultctl(["ring", "account", "ann.lee", "--role", "viewer", "--data", data, "--json"]);
      return answer.json?.["password"] as string;
    };
    const [first, second] = [await made(), await made()];
    expect((await logIn("ann.lee", first)).status).toBe(401);
    expect((await logIn("ann.lee", second)).status).toBe(200);
  });

  it("creates the database if there is none, and refuses to remove an unknown account", async () => {
    const data = join(temporaryFolder(), "new");
    await succeed(["ring", "account", "ann", "--role", "viewer", "--data", data]);
    expect(await refusal(["ring", "account-remove", "bob", "--data", data])).toBe("ACCOUNT_UNKNOWN");
    expect(await succeed(["ring", "account-remove", "ann", "--data", data])).toMatchObject({ name: "ann" });
  });
});
