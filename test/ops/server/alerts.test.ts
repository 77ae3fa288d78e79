import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Alert,
  ALERT_KINDS,
  type AlertingConfig,
  type AlertKind,
  OF_THE_SERVER,
  deliver,
  readAlerting,
} from "../../../src-ops/server/index.ts";
import { certificateFor } from "../../fakes/certificate.ts";
import { runVaultctl } from "../support/vaultctl.ts";
import { mailSink, webhookSink, textsOf } from "./sinks.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "uvv-alerts-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECIPIENTS = { critical: ["on-call@example.org"], escalation: ["head@example.org"] };
const CONFIG = {
  slack: {
    channels: { critical: "#deployment-critical", warnings: "#deployment-warnings", info: "#deployment-info" },
  },
  email: { from: "rings@example.org", smtp: { host: "127.0.0.1" }, recipients: RECIPIENTS },
};
const ALERT: Alert = {
  incident: "ring1-signature_error-7",
  kind: "signature_error",
  stage: "opened",
  ring: "ring1",
  version: "2.1.0",
  at: 1_800_000_000,
  detail: "1 of 4 computers refused <license> 5f2c.",
  escalated: false,
  evaluatedHours: null,
};

function written(config: object): string {
  const path = join(folder, "alerting-config.json");
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function configured(environment: Record<string, string>, changes: object = {}): Promise<AlertingConfig> {
  const config = await readAlerting(written({ ...CONFIG, ...changes }), environment);
  if (!config.ok) throw new Error(config.error.message);
  return config.value;
}

it("reads the example of docs/formats/alerting-config.md, with every member", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/formats/alerting-config.md"), "utf8");
  writeFileSync(join(folder, "mail-ca.pem"), certificateFor("mail.example.org").cert);
  const event = ["BEGIN:VEVENT", "UID:1", "SUMMARY:Ann", "DTSTART:20261124T180000", "DURATION:PT2H", "END:VEVENT"];
  writeFileSync(
    join(folder, "on-call.ics"),
    ["BEGIN:VCALENDAR", "VERSION:2.0", ...event, "END:VCALENDAR", ""].join("\r\n"),
  );
  const [, example = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const config = await readAlerting(written(JSON.parse(example) as object), {});
  if (!config.ok) throw new Error(config.error.message);
  expect(config.value).toMatchObject({ language: "fr", slack: { info: undefined }, mail: { smtp: { port: 587 } } });
  expect(config.value.levelOf("machine_silent")).toBe("critical");
});

async function sinks() {
  const [critical, warnings, info, sms, mail] = await Promise.all([
    webhookSink(),
    webhookSink(),
    webhookSink(),
    webhookSink(),
    mailSink(),
  ]);
  const environment = {
    SLACK_WEBHOOK_URL_CRITICAL: critical.url,
    SLACK_WEBHOOK_URL_WARNINGS: warnings.url,
    SLACK_WEBHOOK_URL_INFO: info.url,
    SMS_WEBHOOK_URL: sms.url,
    SMTP_PORT: String(mail.port),
    SMTP_USER: "rings",
    SMTP_PASS: "hunter2",
  };
  return { critical, warnings, info, sms, mail, environment };
}

const signal = new AbortController().signal;
const atOnce = () => Promise.resolve();

describe("an alert", () => {
  it("goes to Slack, by mail and as an SMS if it is critical, and says what to do", async () => {
    const { critical, warnings, info, sms, mail, environment } = await sinks();
    const deliveries = await deliver(ALERT, await configured(environment), signal);
    expect(deliveries).toEqual([
      { channel: "slack #deployment-critical", delivered: true, tries: 1 },
      { channel: "mail on-call@example.org", delivered: true, tries: 1 },
      { channel: "sms", delivered: true, tries: 1 },
    ]);
    const what = "[CRITICAL] ring1 2.1.0: The app refused a genuine file because of its signature";
    expect(critical.got).toHaveLength(1);
    expect(critical.got[0]?.text).toContain(`*${what}*`);
    expect(critical.got[0]?.text).toContain("1 of 4 computers refused &lt;license&gt; 5f2c.");
    const shortTask = "person on duty by 01-15 09:00 UTC";
    const brief = "CRITICAL ring1 2.1.0: Genuine file refused: its signature";
    expect(sms.got).toEqual([{ text: `${brief}. ${shortTask}. ring1-signature_error-7` }]);
    expect(mail.got.map(({ to, user }) => ({ to, user }))).toEqual([{ to: ["on-call@example.org"], user: "rings" }]);
    const { subject, body } = textsOf(mail.got[0]!);
    expect(subject).toBe(what);
    expect(body).toContain("1 of 4 computers refused <license> 5f2c.");
    expect(body).toContain("Compare the hash of the refused file with the register");
    expect(body).toContain("2027-01-15T08:00:00.000Z");
    expect(body).toMatch(/Who: person on duty\r?\nBy: 2027-01-15T09:00:00.000Z\r?\nNext: vaultctl ring audit\r?\n/);
    expect([warnings.got, info.got]).toEqual([[], []]);
  });

  it("also goes to the escalation list if nobody acknowledged it, in French if that is configured", async () => {
    const { sms, mail, environment } = await sinks();
    const config = await configured(environment, { language: "fr" });
    await deliver({ ...ALERT, stage: "repeated", escalated: true }, config, signal);
    expect(mail.got.map(({ to }) => to.join()).toSorted()).toEqual(["head@example.org", "on-call@example.org"]);
    const { subject, body } = textsOf(mail.got[0]!);
    expect(subject).toMatch(/^\[CRITIQUE\] ring1 2\.1\.0: L’application a refusé .* \(sans réponse\)$/);
    expect(body).toContain("d’autres personnes sont prévenues");
    expect(sms.got[0]?.text.length).toBeLessThanOrEqual(160);
  });

  const kinds = Object.entries(ALERT_KINDS).filter(([kind]) => !OF_THE_SERVER.includes(kind as AlertKind));
  it.each(kinds)("of kind %s goes to the channel for level %s", async (kind, level) => {
    const { critical, warnings, info, mail, environment } = await sinks();
    await deliver({ ...ALERT, kind: kind as AlertKind }, await configured(environment), signal);
    const reached = { critical: critical.got.length, warning: warnings.got.length, info: info.got.length };
    expect(reached).toEqual({ critical: 0, warning: 0, info: 0, [level]: 1 });
    expect(mail.got).toHaveLength(level === "critical" ? 1 : 0);
  });

  it.each(OF_THE_SERVER)("of kind %s goes to all channels", async (kind) => {
    const { critical, warnings, info, sms, mail, environment } = await sinks();
    await deliver({ ...ALERT, kind }, await configured(environment), signal);
    expect([critical, warnings, sms, mail, info].map(({ got }) => got.length)).toEqual([1, 1, 1, 1, 0]);
  });

  it("that a channel failed goes to all other channels", async () => {
    const { critical, warnings, info, sms, mail, environment } = await sinks();
    const config = await configured(environment);
    await deliver({ ...ALERT, kind: "channel_failed", incident: "channel_failed-mail" }, config, signal);
    expect([critical, warnings, sms, info, mail].map(({ got }) => got.length)).toEqual([1, 1, 1, 0, 0]);
  });

  it("has the level that the configuration assigns to its kind", async () => {
    const { critical, warnings, environment } = await sinks();
    const config = await configured(environment, { alertLevels: { critical: ["machine_silent"] } });
    await deliver({ ...ALERT, kind: "machine_silent" }, config, signal);
    expect([critical.got.length, warnings.got.length]).toEqual([1, 0]);
  });
});

describe("a channel that fails", () => {
  it("is tried again", async () => {
    const critical = await webhookSink(503, 500);
    const config = await configured({ SLACK_WEBHOOK_URL_CRITICAL: critical.url }, { email: withoutRecipients() });
    expect(await deliver(ALERT, config, signal, atOnce)).toEqual([
      { channel: "slack #deployment-critical", delivered: true, tries: 3 },
    ]);
    expect(critical.got).toHaveLength(1);
  });

  it("has the words of its server, and no secret", async () => {
    const { critical, mail, environment } = await sinks();
    const config = await configured({ ...environment, SMTP_PASS: "wrong-password" });
    const deliveries = await deliver(ALERT, config, signal, atOnce);
    expect(deliveries[1]).toEqual({
      channel: "mail on-call@example.org",
      delivered: false,
      tries: 1,
      problem: "535 no",
    });
    expect(mail).toMatchObject({ got: [], userNames: ["rings"] });
    expect(critical.got).toHaveLength(1);
    expect(JSON.stringify([critical.got, deliveries])).not.toMatch(/hunter2|wrong-password|secret-path/);
  });

  it.each([
    [{ status: 404, body: "no_service" }, "HTTP 404 no_service", 1],
    [
      { status: 301, headers: { Location: "https://hooks.example.net/secret" } },
      "HTTP 301 moved to https://hooks.example.net",
      1,
    ],
    [{ status: 302, headers: { Location: "/login" } }, /^HTTP 302 moved to http:\/\/127\.0\.0\.1:\d+$/, 1],
    [
      { status: 500, body: "<html><h1>Bad\r\n day</h1>\u{202e}\u{7}/secret-path</html>" },
      "HTTP 500 Bad day \u{fffd}\u{fffd}…",
      3,
    ],
    [{ status: 400, body: "x".repeat(100_000) }, `HTTP 400 ${"x".repeat(159)}…`, 1],
    [{ status: 403, body: "" }, "HTTP 403", 1],
    [{ status: 429, body: "rate_limited", headers: { "Retry-After": "3600" } }, "HTTP 429 rate_limited", 1],
    [{ status: 503, headers: { "Retry-After": new Date(Date.now() + 7_200_000).toUTCString() } }, "HTTP 503", 1],
    [{ status: 429 }, "HTTP 429", 1],
  ])("with %j is described as its server describes it", async (answer, problem, tries) => {
    const critical = await webhookSink(answer, answer, answer);
    const config = await configured({ SLACK_WEBHOOK_URL_CRITICAL: critical.url }, { email: withoutRecipients() });
    const [slack] = await deliver(ALERT, config, signal, atOnce);
    expect(slack).toMatchObject({ delivered: false, tries });
    expect(slack?.problem).toMatch(problem);
    expect(slack?.problem).not.toContain("secret");
  });

  it("is tried again after a short Retry-After, exactly then", async () => {
    const waited: number[] = [];
    const wait = async (ms: number) => void waited.push(ms);
    const critical = await webhookSink({ status: 429, headers: { "Retry-After": "2" } });
    const config = await configured({ SLACK_WEBHOOK_URL_CRITICAL: critical.url }, { email: withoutRecipients() });
    expect(await deliver(ALERT, config, signal, wait)).toMatchObject([{ delivered: true, tries: 2 }]);
    expect(waited).toEqual([2_000]);
  });

  it("is one recipient: the others get their mail", async () => {
    const { environment, mail } = await sinks();
    const recipients = { ...RECIPIENTS, critical: ["on-call@example.org", "refused@example.org"] };
    const config = await configured(environment, { email: { ...CONFIG.email, recipients } });
    const [, ...mails] = await deliver(ALERT, config, signal, atOnce);
    expect(mails.slice(0, 2)).toEqual([
      { channel: "mail on-call@example.org", delivered: true, tries: 1 },
      { channel: "mail refused@example.org", delivered: false, tries: 1, problem: "550 no such mailbox" },
    ]);
    expect(mail.got.map(({ to }) => to)).toEqual([["on-call@example.org"]]);
  });

  it("sends no password to another host without TLS", async () => {
    const { environment } = await sinks();
    // This address is the test's own machine, but it does not count as local.
    const elsewhere = await mailSink({ host: "127.0.0.2" });
    const config = await configured({ ...environment, SMTP_HOST: "127.0.0.2", SMTP_PORT: String(elsewhere.port) });
    const [, mail] = await deliver(ALERT, config, signal, atOnce);
    expect(mail).toMatchObject({ delivered: false, problem: expect.stringMatching(/^ETLS/) });
    expect(elsewhere.userNames).toEqual([]);
  });
});

describe("the configuration", () => {
  it.each([
    ["a misspelt member", { slak: {} }, {}, '"slak"'],
    ["an unknown kind of alert", { alertLevels: { critical: ["fire"] } }, {}, '"alertLevels.critical.0"'],
    [
      "a recipient that is not an address",
      { email: { ...CONFIG.email, recipients: { critical: ["me"], escalation: [] } } },
      {},
      '"email.recipients.critical.0"',
    ],
    [
      "a password in the file",
      { email: { ...CONFIG.email, smtp: { host: "h", pass: "hunter2" } } },
      {},
      '"email.smtp.pass"',
    ],
    ["a webhook without TLS", {}, { SMS_WEBHOOK_URL: "http://sms.example.org/hunter2" }, '"SMS_WEBHOOK_URL"'],
    ["an invalid port", {}, { SMTP_PORT: "99999" }, '"SMTP_PORT"'],
  ])("is refused for %s, without showing a value", async (_name, changes, environment, member) => {
    const config = await readAlerting(written({ ...CONFIG, ...changes }), environment);
    const { code, message } = config.ok ? { code: "", message: "" } : config.error;
    expect(code).toBe("ALERTING_INVALID");
    expect(message).toContain(member);
    expect(message).not.toContain("hunter2");
  });
});

describe("vaultctl ring alert-test", () => {
  const alertTest = (environment: Record<string, string>, ...args: string[]) =>
    runVaultctl(["ring", "alert-test", "--config", written(CONFIG), ...args, "--json"], environment);

  it("sends a test through every channel, and says so", async () => {
    const { critical, environment, mail, sms } = await sinks();
    expect(await alertTest(environment)).toMatchObject({ code: 0, json: { ok: true, deliveries: [{}, {}, {}, {}] } });
    expect(critical.got[0]?.text).toContain("This is a test: nothing happened (test)");
    expect(mail.got.map(({ to }) => to.join()).toSorted()).toEqual(["head@example.org", "on-call@example.org"]);
    expect(sms.got).toHaveLength(1);
  });

  it("fails when one channel fails, and names it", async () => {
    const { environment } = await sinks();
    const answer = await alertTest({ ...environment, SMTP_PASS: "wrong" });
    expect(answer).toMatchObject({ code: 1, json: { ok: false, error: { code: "ALERT_NOT_DELIVERED" } } });
    expect(answer.stdout).toContain("mail on-call@example.org (535 no)");
  });

  it("fails when a level has no channel at all", async () => {
    expect(await alertTest({}, "--level", "info")).toMatchObject({
      code: 1,
      json: { error: { code: "ALERTING_INVALID" } },
    });
  });
});

function withoutRecipients() {
  return { ...CONFIG.email, recipients: { critical: [], escalation: [] } };
}
