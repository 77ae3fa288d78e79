import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Alert,
  ALERT_KINDS,
  type AlertingConfig,
  type AlertKind,
  deliver,
  readAlerting,
} from "../../../src-ops/server/index.ts";
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
      { channel: "mail", delivered: true, tries: 1 },
      { channel: "sms", delivered: true, tries: 1 },
    ]);
    const what = "[CRITICAL] ring1 2.1.0: The app refused a genuine file because of its signature";
    expect(critical.got).toHaveLength(1);
    expect(critical.got[0]?.text).toContain(`*${what}*`);
    expect(critical.got[0]?.text).toContain("1 of 4 computers refused &lt;license&gt; 5f2c.");
    const shortTask = "person on duty by 01-15 09:00 UTC";
    expect(sms.got).toEqual([{ text: `${what}. ${shortTask}. ring1-signature_error-7` }]);
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
    expect(mail.got[0]?.to).toEqual(["on-call@example.org", "head@example.org"]);
    const { subject, body } = textsOf(mail.got[0]!);
    expect(subject).toMatch(/^\[CRITIQUE\] ring1 2\.1\.0: L’application a refusé .* \(sans réponse\)$/);
    expect(body).toContain("d’autres personnes sont prévenues");
    expect(sms.got[0]?.text.length).toBeLessThanOrEqual(160);
  });

  it.each(Object.entries(ALERT_KINDS))("of kind %s goes to the channel for level %s", async (kind, level) => {
    const { critical, warnings, info, mail, environment } = await sinks();
    await deliver({ ...ALERT, kind: kind as AlertKind }, await configured(environment), signal);
    const reached = { critical: critical.got.length, warning: warnings.got.length, info: info.got.length };
    expect(reached).toEqual({ critical: 0, warning: 0, info: 0, [level]: 1 });
    expect(mail.got).toHaveLength(level === "critical" ? 1 : 0);
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

  it("is reported through the other channels, where the alert itself arrives once", async () => {
    const { critical, sms, mail, environment } = await sinks();
    const config = await configured({ ...environment, SMTP_PASS: "wrong" });
    const deliveries = await deliver(ALERT, config, signal, atOnce);
    expect(deliveries[1]).toEqual({ channel: "mail", delivered: false, tries: 3, problem: "EAUTH" });
    expect(mail).toMatchObject({ got: [], userNames: ["rings", "rings", "rings"] });
    expect(critical.got.map(({ text }) => /^\*\[(\w+)\].*: (.*)\*$/m.exec(text)?.slice(1))).toEqual([
      ["CRITICAL", "The app refused a genuine file because of its signature"],
      ["WARNING", "An alert could not be delivered"],
    ]);
    expect(critical.got[1]?.text).toContain("mail: EAUTH");
    expect(sms.got).toHaveLength(2);
    expect(JSON.stringify([critical.got, deliveries])).not.toMatch(/hunter2|wrong|secret-path/);
  });

  it("counts a refused recipient as not delivered", async () => {
    const { environment } = await sinks();
    const recipients = { ...RECIPIENTS, critical: ["on-call@example.org", "refused@example.org"] };
    const config = await configured(environment, { email: { ...CONFIG.email, recipients } });
    const [, mail] = await deliver(ALERT, config, signal, atOnce);
    expect(mail).toEqual({ channel: "mail", delivered: false, tries: 3, problem: "1 of 2 recipients were refused" });
  });

  it("sends no password to another host without TLS", async () => {
    const { environment } = await sinks();
    // This address is the test's own machine, but it does not count as local.
    const elsewhere = await mailSink("127.0.0.2");
    const config = await configured({ ...environment, SMTP_HOST: "127.0.0.2", SMTP_PORT: String(elsewhere.port) });
    const [, mail] = await deliver(ALERT, config, signal, atOnce);
    expect(mail).toMatchObject({ delivered: false, problem: "ETLS" });
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
    expect(await alertTest(environment)).toMatchObject({ code: 0, json: { ok: true, deliveries: [{}, {}, {}] } });
    expect(critical.got[0]?.text).toContain("This is a test: nothing happened (test)");
    expect(mail.got[0]?.to).toEqual(["on-call@example.org", "head@example.org"]);
    expect(sms.got).toHaveLength(1);
  });

  it("fails when one channel fails, and names it", async () => {
    const { environment } = await sinks();
    const answer = await alertTest({ ...environment, SMTP_PASS: "wrong" });
    expect(answer).toMatchObject({ code: 1, json: { ok: false, error: { code: "ALERT_NOT_DELIVERED" } } });
    expect(answer.stdout).toContain("mail (EAUTH)");
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
