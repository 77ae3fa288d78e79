import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { alertIncidents, type AlertingConfig, auditDecisions, readAlerting } from "../../../src-ops/server/index.ts";
import { assess } from "../../../src-ops/server/decisions/assess.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import type { MailSink } from "../../fakes/alert-sinks.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { HOUR_MS, registerOf, SINCE } from "../gates/facts.ts";
import { MACHINES, normalizedState, RELEASE, stateOf } from "../gates/normalized-events.ts";
import { mailSink, textsOf, webhookSink } from "./sinks.ts";
import { storeEvents } from "./store-events.ts";

const MINUTE_MS = 60_000;
const NEVER = new AbortController().signal;
const SIGNED = { seq: 1, basisPoints: 10_000, verdictHash: null, promotion: undefined };

type Lists = { readonly critical: readonly string[]; readonly escalation?: readonly string[] };

async function alerting(mail: MailSink | undefined, lists: Lists, environment: Record<string, string> = {}) {
  const path = join(temporaryFolder(), "alerting-config.json");
  const recipients = { escalation: [], ...lists };
  const channels = { critical: "#critical", warnings: "#warnings", info: "#info" };
  const email = { from: "rings@example.org", smtp: { host: "127.0.0.1" }, recipients };
  writeFileSync(path, JSON.stringify({ slack: { channels }, email }));
  const config = await readAlerting(path, { ...(mail ? { SMTP_PORT: String(mail.port) } : {}), ...environment });
  if (!config.ok) throw new Error(config.error.message);
  return config.value;
}

/** A ring in which the app has crashed: `look` evaluates it and alerts people, so many minutes after the crash. */
async function crashed(path = join(temporaryFolder(), "rings.sqlite")) {
  const store = openSqliteStore(path);
  onTestFinished(async () => {
    if (store.database.isOpen) await store.close();
  });
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  await storeEvents(store, [
    normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [{ kind: "crash", process: "main" }])),
  ]);
  const running = { ...RELEASE, buildEpoch: 1, isHalted: false, signed: SIGNED, offeredIn: [], unfinishedHalts: [] };
  const register = registerOf(() => false);
  const look = async (config: AlertingConfig | undefined, minutes: number, signal = NEVER) => {
    const now = SINCE + HOUR_MS + minutes * MINUTE_MS;
    const rings = [await assess(store, running, policy.value, register, SINCE + HOUR_MS)];
    return alertIncidents(store, { rings, log: await auditDecisions(store.decisions) }, config, now, signal);
  };
  return { store, path, look };
}

const received = (mail: MailSink) => mail.got.map(({ to }) => to.join()).toSorted();
const about = (mail: MailSink, address: string) =>
  mail.got.filter(({ to }) => to.includes(address)).map((one) => textsOf(one).subject);
const CRASHED = "[CRITICAL] ring0 0.2.0: The app crashed";
const UNDELIVERED = "[WARNING] ring0 0.2.0: An alert could not be delivered";

describe("one dead mailbox", () => {
  const LISTS = { critical: ["ann@example.org", "refused@example.org"], escalation: ["head@example.org"] };

  it("does not make the others get the mail again at every look, and is told to them once", async () => {
    let asked = 0;
    const refusal = (address: string) =>
      address.startsWith("refused@") ? `550 no such mailbox, ${++asked}` : undefined;
    const mail = await mailSink({ isOpen: true, refusal });
    const config = await alerting(mail, LISTS);
    const { store, look } = await crashed();
    for (const minutes of [0, 5, 10, 14]) await look(config, minutes);
    expect(asked).toBe(1);
    expect(about(mail, "ann@example.org")).toEqual([CRASHED, UNDELIVERED]);
    expect(about(mail, "head@example.org")).toEqual([]);
    expect(textsOf(mail.got[1]!).body).toContain("mail refused@example.org: 550 no such mailbox");
    expect(await store.incidents.open()).toMatchObject([
      { id: expect.stringMatching(/^channel_failed-[0-9a-f]{16}$/), detail: expect.stringContaining("550") },
      { kind: "crash", alertsSent: 1 },
    ]);
  });

  it("neither stops nor hastens the reminders of the others, and is forgotten once it takes mail", async () => {
    let isDead = true;
    const mail = await mailSink({
      isOpen: true,
      refusal: (address) => (isDead && address.startsWith("refused@") ? "550 5.1.1 no such mailbox" : undefined),
    });
    const config = await alerting(mail, LISTS);
    const { store, look } = await crashed();
    for (const minutes of [0, 14, 15, 20, 29]) await look(config, minutes);
    const again = `${CRASHED} (not acknowledged)`;
    expect(about(mail, "ann@example.org")).toEqual([CRASHED, UNDELIVERED, again]);
    expect(about(mail, "head@example.org")).toEqual([again]);
    isDead = false;
    await look(config, 30);
    expect(about(mail, "refused@example.org")).toContain(again);
    expect(about(mail, "ann@example.org").at(-1)).toBe(`${UNDELIVERED} (resolved)`);
    expect((await store.incidents.open()).map(({ kind }) => kind)).toEqual(["crash"]);
  });

  it("that is the only one makes the escalation list get the alert at once", async () => {
    const mail = await mailSink({ isOpen: true });
    const config = await alerting(mail, { critical: ["refused@example.org"], escalation: ["head@example.org"] });
    const { look } = await crashed();
    expect(await look(config, 0)).toMatchObject({ undelivered: 0 });
    expect(about(mail, "head@example.org")).toEqual([`${CRASHED} (not acknowledged)`]);
  });

  it("is forgotten when it is taken out of the configuration", async () => {
    const mail = await mailSink({ isOpen: true });
    const { store, look } = await crashed();
    await look(await alerting(mail, LISTS), 0);
    await look(await alerting(mail, { critical: ["ann@example.org", "bob@example.org"] }), 5);
    expect((await store.incidents.open()).map(({ kind }) => kind)).toEqual(["crash"]);
  });
});

describe("a mailbox that is refused for now", () => {
  it("gets the alert later, once, while the others have it already", async () => {
    let isGreylisted = true;
    const mail = await mailSink({
      isOpen: true,
      refusal: (address) => (isGreylisted && address === "ann@example.org" ? "451 4.7.1 greylisted" : undefined),
    });
    const config = await alerting(mail, { critical: ["ann@example.org", "bob@example.org"] });
    const { look } = await crashed();
    await look(config, 0);
    await look(config, 0.5);
    isGreylisted = false;
    expect(received(mail)).toEqual(["bob@example.org"]);
    for (const minutes of [5, 6, 7]) await look(config, minutes);
    expect(received(mail)).toEqual(["ann@example.org", "bob@example.org"]);
  });

  it("still gets it after the server was started again", async () => {
    let isGreylisted = true;
    const mail = await mailSink({
      isOpen: true,
      refusal: (address) => (isGreylisted && address === "ann@example.org" ? "451 greylisted" : undefined),
    });
    const config = await alerting(mail, { critical: ["ann@example.org", "bob@example.org"] });
    const first = await crashed();
    await first.look(config, 0);
    await first.store.close();
    isGreylisted = false;
    const second = await crashed(first.path);
    for (const minutes of [5, 6]) await second.look(config, minutes);
    expect(received(mail)).toEqual(["ann@example.org", "bob@example.org"]);
  });

  it("does not make one be asked again that has refused for good", async () => {
    const asked: string[] = [];
    const answers: Record<string, string> = { "ann@example.org": "451 greylisted", "refused@example.org": "550 gone" };
    const mail = await mailSink({ isOpen: true, refusal: (address) => (asked.push(address), answers[address]) });
    const critical = ["ann@example.org", "bob@example.org", "refused@example.org"];
    const config = await alerting(mail, { critical });
    const { look } = await crashed();
    for (const minutes of [0, 2, 4]) await look(config, minutes);
    expect(asked.filter((address) => address === "refused@example.org")).toHaveLength(1);
    expect(about(mail, "bob@example.org")).toEqual([CRASHED, UNDELIVERED]);
  });

  it("is told to the others when it lasts", async () => {
    const mail = await mailSink({
      isOpen: true,
      refusal: (address) => (address === "ann@example.org" ? "452 4.2.2 mailbox full" : undefined),
    });
    const config = await alerting(mail, { critical: ["ann@example.org", "bob@example.org"] });
    const { look } = await crashed();
    for (const minutes of [0, 1, 3, 6]) await look(config, minutes);
    expect(about(mail, "bob@example.org")).toEqual([CRASHED]);
    for (const minutes of [8, 9, 10]) await look(config, minutes);
    expect(about(mail, "bob@example.org")).toEqual([CRASHED, UNDELIVERED]);
  });
});

describe("a way that fails as a whole", () => {
  it("is one incident, however many addresses it has, and is told through the other ways", async () => {
    const [slack, mail] = [await webhookSink(), await mailSink()];
    const config = await alerting(
      mail,
      { critical: ["ann@example.org", "bob@example.org"] },
      { SMTP_USER: "rings", SMTP_PASS: "wrong-password", SLACK_WEBHOOK_URL_CRITICAL: slack.url },
    );
    const { store, look } = await crashed();
    for (const minutes of [0, 5, 10]) await look(config, minutes);
    const titles = slack.got.map(({ text }) => /^\*(.*)\*/.exec(text)?.[1]);
    expect(titles).toEqual([CRASHED, UNDELIVERED]);
    expect(slack.got[1]?.text).toContain("mail: 535 no");
    expect((await store.incidents.open()).map(({ id }) => id)).toContain("channel_failed-mail");
  });
});

describe("a webhook that answers Retry-After", () => {
  it("gets nothing before that time, and the alert after it", async () => {
    const slack = await webhookSink({ status: 429, headers: { "Retry-After": "240" }, body: "rate_limited" });
    const config = await alerting(undefined, { critical: [] }, { SLACK_WEBHOOK_URL_CRITICAL: slack.url });
    const { look } = await crashed();
    expect(await look(config, 0)).toEqual({ sent: 0, undelivered: 1 });
    expect(await look(config, 3.9)).toEqual({ sent: 0, undelivered: 1 });
    expect(slack.got).toEqual([]);
    expect(await look(config, 4)).toEqual({ sent: 1, undelivered: 0 });
    expect(slack.got).toHaveLength(1);
  });
});
