import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type FeedFixture, openFeedFixture, run } from "../feed/support/feed-fixture.ts";
import { startRingServerProcess } from "../../fakes/ring-server-process.ts";
import { ALERTS } from "./alerting.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SERVER = join(import.meta.dirname, "../../../src-ops/cli/ring-server.ts");

let publisher: FeedFixture;
let data: string;
const alerts = () => publisher.path("a.json");
const where = () => ["--repo", publisher.repo, "--keys", publisher.keys, "--data", data];
const setup = (users = "person-1:manager,person-3:on-call", ...rest: string[]) =>
  run(["ring", "setup", "--alerts", alerts(), "--users", users, ...where(), ...rest]);
async function started(...options: string[]): Promise<string> {
  const { url, kill } = await startRingServerProcess(options);
  onTestFinished(kill);
  return url;
}
type Account = { name: string; role: string; password: string | null };

beforeEach(async () => {
  publisher = await openFeedFixture();
  data = publisher.path("rings");
  writeFileSync(alerts(), JSON.stringify(ALERTS));
});
afterEach(() => vi.unstubAllEnvs());

describe("vaultctl ring setup", () => {
  it("makes a server that starts from its configuration, and lets the people log in with their passwords", async () => {
    const made = await setup();
    expect(made).toMatchObject({ ok: true, config: join(data, "ring-server.json"), alerts: ["2 mail addresses"] });
    for (const name of ["ring-server.json", "metrics-token.txt", "ticket-token.txt"]) {
      expect([name, statSync(join(data, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    const text = readFileSync(made["config"] as string, "utf8");
    const accounts = made["accounts"] as Account[];
    expect(accounts).toMatchObject([
      { name: "person-1", role: "manager" },
      { name: "person-3", role: "manager" },
    ]);
    for (const { password } of accounts) expect(text).not.toContain(password);

    const url = await started("--config", made["config"] as string);
    const logIn = (name: string, password: string) =>
      fetch(`${url}/console/login`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name, password }),
      });
    for (const { name, password } of accounts) expect((await logIn(name, password ?? "")).status).toBe(200);
    expect((await logIn("person-1", "wrong")).status).not.toBe(200);
    const token = readFileSync(join(data, "metrics-token.txt"), "utf8").trim();
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const metrics = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
    expect(metrics.status).toBe(200);
  });

  it("a second run changes no password and no token, and gives accounts to those who are new", async () => {
    const first = (await setup())["accounts"] as Account[];
    const token = readFileSync(join(data, "metrics-token.txt"), "utf8");
    const config = join(data, "ring-server.json");
    const edited = JSON.parse(readFileSync(config, "utf8")) as object;
    writeFileSync(config, JSON.stringify({ ...edited, port: 9123, "public-url": "https://rings.example.org" }));
    const again = await setup("person-1:manager,person-3:on-call,tom:viewer");
    expect(again["accounts"]).toMatchObject([
      { name: "person-1", password: null },
      { name: "person-3", password: null },
      { name: "tom", role: "viewer", password: expect.any(String) as string },
    ]);
    expect(readFileSync(join(data, "metrics-token.txt"), "utf8")).toBe(token);
    expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({
      ...edited,
      port: 9123,
      "public-url": "https://rings.example.org",
    });
    writeFileSync(config, "{");
    expect((await setup()).error?.code).toBe("CONFIGURATION_INVALID");
    expect(first.every(({ password }) => password !== null)).toBe(true);
  });

  it.each([
    ["an alerting configuration with a misspelt member", { ...ALERTS, emial: {} }, "ALERTING_INVALID"],
    [
      "nobody for a critical alert",
      { ...ALERTS, email: { ...ALERTS.email, recipients: { critical: [], escalation: [] }, onCall: undefined } },
      "ALERTING_INVALID",
    ],
  ])("writes nothing with %s", async (_name, config, code) => {
    writeFileSync(alerts(), JSON.stringify(config));
    expect((await setup("person-1:manager")).error?.code).toBe(code);
    expect(existsSync(data)).toBe(false);
  });

  it("writes nothing for somebody on call who is not in the rota, without the server's keys, or with wrong users", async () => {
    expect((await setup("ann:on-call")).error).toMatchObject({
      code: "ALERTING_INVALID",
      message: expect.stringContaining("email.onCall.people.ann") as string,
    });
    for (const wrong of ["ann", "ann:boss", "Ann:manager", "ann:manager,ann:viewer", "ann:manager:x", ""]) {
      expect([wrong, (await setup(wrong)).error?.code]).toEqual([wrong, "USAGE"]);
    }
    rmSync(join(publisher.keys, "private", "feed", "server"), { recursive: true });
    expect((await setup()).error?.code).toBe("KEYS_MISSING");
    expect(
      (await run(["ring", "setup", "--alerts", alerts(), "--users", "a:viewer", ...where(), "--repo", "/none"])).error
        ?.code,
    ).toBe("FEED_MISSING");
    expect(existsSync(data)).toBe(false);
  });
});

describe("the server's configuration file", () => {
  it.each([
    ["an option that the server does not have", '{"prot": 8787}'],
    ["a value that the option refuses", '{"port": 99999}'],
    ["no JSON", "port: 8787"],
    ["a member twice", '{"port": 1, "port": 2}'],
    ["another file in it", '{"config": "other.json"}'],
    ["a value that is an object", '{"port": {"n": 1}}'],
  ])("with %s stops the start", async (_name, text) => {
    const file = publisher.path("ring-server.json");
    writeFileSync(file, text);
    await expect(started("--config", file)).rejects.toThrow(/did not print its address: \S+/);
  });

  it("gives way to the command line", async () => {
    const file = publisher.path("ring-server.json");
    writeFileSync(file, JSON.stringify({ port: 1, host: "127.0.0.1", data: publisher.path("data") }));
    const url = await started(`--config=${file}`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  /** What `--check` prints, and its exit code. */
  function check(options: object) {
    const file = publisher.path("ring-server.json");
    writeFileSync(file, JSON.stringify({ data, port: 0, ...options }));
    return spawnSync(process.execPath, [SERVER, "--config", file, "--check"], { encoding: "utf8" });
  }

  it("is checked without starting the server or opening the database", { timeout: 180_000 }, async () => {
    const made = await setup();
    const config = JSON.parse(readFileSync(made["config"] as string, "utf8")) as { repo: string; keys: string };
    rmSync(data, { recursive: true });
    // The tokens were there.
    const { "metrics-token": _m, "ticket-token": _t, ...rest } = config as Record<string, unknown>;
    expect(check(rest)).toMatchObject({ status: 0, stdout: "The configuration is valid.\n", stderr: "" });
    expect(existsSync(data)).toBe(false);
    const faults: readonly (readonly [object, RegExp])[] = [
      [config, /^METRICS_TOKEN_INVALID|metrics-token/],
      [{ repo: config.repo }, /belong together/],
      [{ "halt-keys": "x" }, /belong together/],
      [{ ...rest, repo: "/none" }, /^\/none is missing/],
      [{ ...rest, "halt-keys": ["/none"] }, /^\/none is missing/],
      [{ ...rest, alerts: "/none" }, /\/none/],
      [{ ...rest, host: "0.0.0.0" }, /--public-url/],
    ];
    for (const [options, sentence] of faults) {
      const checked = check(options);
      expect([options, checked.status === 0, checked.stdout]).toEqual([options, false, ""]);
      expect(checked.stderr).toMatch(sentence);
    }
    expect(existsSync(data)).toBe(false);
  });
});
