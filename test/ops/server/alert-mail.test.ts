import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Alert, deliver, readAlerting } from "../../../src-ops/server/index.ts";
import { parseMailAddress } from "../../../src-ops/mail/index.ts";
import { certificateFor } from "../../fakes/certificate.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { mailSink } from "./sinks.ts";

const ALERT: Alert = {
  incident: "ring0-crash-1",
  kind: "crash",
  stage: "opened",
  ring: "ring0",
  version: "2.1.0",
  at: 1_800_000_000,
  detail: "",
  escalated: false,
  evaluatedHours: null,
};
const signal = new AbortController().signal;
const atOnce = () => Promise.resolve();

function configFile(
  smtp: object,
  critical: readonly string[] = ["ann@example.org"],
  from = "rings@example.org",
): string {
  const path = join(temporaryFolder(), "alerting-config.json");
  const channels = { critical: "#c", warnings: "#w", info: "#i" };
  const email = { from, smtp, recipients: { critical, escalation: [] } };
  writeFileSync(path, JSON.stringify({ slack: { channels }, email }));
  return path;
}

async function sendThrough(smtp: object, environment: Record<string, string>) {
  const config = await readAlerting(configFile(smtp), environment);
  if (!config.ok) throw new Error(config.error.message);
  const [mail] = await deliver(ALERT, config.value, signal, atOnce);
  return mail;
}

const LOGIN = { SMTP_USER: "rings", SMTP_PASS: "hunter2" };

describe("STARTTLS with a certificate that nobody else knows", () => {
  // 127.0.0.2 is the test's own machine, but counts as another host.
  const elsewhere = { host: "127.0.0.2" };

  it("is used on this computer, with the password", async () => {
    const tls = certificateFor("mail.example.org");
    const mail = await mailSink({ tls });
    expect(await sendThrough({ host: "127.0.0.1", port: mail.port }, LOGIN)).toMatchObject({ delivered: true });
    expect(mail.userNames).toEqual(["rings"]);
  });

  it("is refused elsewhere, with the reason and before the password is sent", async () => {
    const tls = certificateFor("mail.example.org");
    const mail = await mailSink({ ...elsewhere, tls });
    const sent = await sendThrough({ ...elsewhere, port: mail.port }, LOGIN);
    expect(sent).toMatchObject({ delivered: false, problem: expect.stringMatching(/self-signed certificate/) });
    expect(mail.userNames).toEqual([]);
  });

  it("is used elsewhere if the configuration names the certificate and the name in it", async () => {
    const tls = certificateFor("mail.example.org");
    const mail = await mailSink({ ...elsewhere, tls });
    const smtp = { ...elsewhere, port: mail.port, caFile: tls.certFile };
    const unnamed = await sendThrough(smtp, LOGIN);
    expect(unnamed).toMatchObject({ delivered: false, problem: expect.stringMatching(/altnames/) });
    expect(await sendThrough({ ...smtp, serverName: "mail.example.org" }, LOGIN)).toMatchObject({ delivered: true });
  });

  it("is refused if it is not the named certificate", async () => {
    const mail = await mailSink({ ...elsewhere, tls: certificateFor("mail.example.org") });
    const { certFile } = certificateFor("mail.example.org");
    const smtp = { ...elsewhere, port: mail.port, caFile: certFile, serverName: "mail.example.org" };
    expect(await sendThrough(smtp, LOGIN)).toMatchObject({ delivered: false });
    expect(mail.userNames).toEqual([]);
  });

  it.each([
    ["is absent", "absent.pem"],
    ["has no certificate", "alerting-config.json"],
  ])("is a fault of the configuration if its file %s", async (_what, caFile) => {
    const config = await readAlerting(configFile({ host: "mail.example.org", caFile }), {});
    expect(config).toMatchObject({ ok: false, error: { message: expect.stringContaining('"email.smtp.caFile"') } });
  });
});

describe("a mail address", () => {
  it.each([
    ["root@localhost", { name: "", address: "root@localhost" }],
    ["Ann Lee <ann@example.org>", { name: "Ann Lee", address: "ann@example.org" }],
    ["Zoé Müller <zoe@example.org>", { name: "Zoé Müller", address: "zoe@example.org" }],
    ['"Lee, Ann \\"A\\"" <ann@Example.ORG>', { name: 'Lee, Ann "A"', address: "ann@example.org" }],
    ["<ann@example.org>", { name: "", address: "ann@example.org" }],
    ["  ann@example.org ", { name: "", address: "ann@example.org" }],
    ["ann@bücher.example", { name: "", address: "ann@xn--bcher-kva.example" }],
    ["ann@пошта.укр", { name: "", address: "ann@xn--80a1acn3a.xn--j1amh" }],
    ["jörg@example.org", { name: "", address: "jörg@example.org" }],
    ['"ann lee"@example.org', { name: "", address: '"ann lee"@example.org' }],
    ['"a@b"@example.org', { name: "", address: '"a@b"@example.org' }],
    ["o'neil+ring@mail-1.example.org", { name: "", address: "o'neil+ring@mail-1.example.org" }],
    ["root@[192.0.2.1]", { name: "", address: "root@[192.0.2.1]" }],
    ["root@[IPv6:2001:db8::1]", { name: "", address: "root@[IPv6:2001:db8::1]" }],
    [`${"a".repeat(64)}@example.org`, { name: "", address: `${"a".repeat(64)}@example.org` }],
  ])("such as %j is taken", (text, expected) => {
    expect(parseMailAddress(text)).toEqual(expected);
  });

  it.each([
    "",
    "me",
    "@example.org",
    "hi@",
    "a@@example.org",
    "a b@example.org",
    ".ann@example.org",
    "ann.@example.org",
    "a..b@example.org",
    "ann@-example.org",
    "ann@example-.org",
    "ann@example..org",
    "ann@.example.org",
    "ann@example.org.",
    "ann@exa mple.org",
    "ann@ex%41mple.org",
    "ann@192.0.2.1",
    "ann@0x7f.1",
    "ann@[127.0.0.1].example.org",
    "ann@[999.0.0.1]",
    "ann@example.org, bob@example.org",
    "ann@example.org;bob@example.org",
    "Ann <ann@example.org> <bob@example.org>",
    "Ann <ann@example.org",
    "ann@example.org\r\nBcc: eve@example.org",
    "Ann\r\nBcc: eve@example.org <ann@example.org>",
    '"ann"lee@example.org',
    `${"a".repeat(65)}@example.org`,
    `ann@${"a".repeat(64)}.example`,
    `ann@${"a.".repeat(130)}example`,
    "mailto:ann@example.org?subject=x",
  ])("such as %j is refused", (text) => {
    expect(parseMailAddress(text)).toBeUndefined();
  });

  it("arrives at a real server as it was meant, once for two writings of one address", async () => {
    const mail = await mailSink({ isOpen: true });
    const critical = ['"Lee, Ann" <ann@Example.org>', "ann@example.org", "root@localhost", "bob@bücher.example"];
    const config = await readAlerting(
      configFile({ host: "127.0.0.1", port: mail.port }, critical, "Ring server <rings@example.org>"),
      {},
    );
    if (!config.ok) throw new Error(config.error.message);
    const sent = await deliver(ALERT, config.value, signal, atOnce);
    expect(sent.filter(({ delivered }) => !delivered)).toEqual([]);
    expect(mail.got.map(({ to }) => to.join()).toSorted()).toEqual([
      "ann@example.org",
      // The server shows the name that was sent as xn--bcher-kva.
      "bob@bücher.example",
      "root@localhost",
    ]);
    expect(mail.got.at(-1)?.source).toMatch(/^From: Ring server <rings@example\.org>/m);
  });

  it("with a quoted local part is sent as it is written", async () => {
    // The other tests' server does not read such addresses.
    const lines: string[] = [];
    const answers: Record<string, string> = { EHLO: "250 x", DATA: "354 go", QUIT: "221 bye" };
    const server = createServer((socket) => {
      socket.write("220 x\r\n");
      socket.on("data", (data) => {
        const line = data.toString();
        lines.push(line);
        socket.write(`${answers[line.slice(0, 4)] ?? "250 ok"}\r\n`);
      });
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const config = await readAlerting(configFile({ host: "127.0.0.1", port }, ['"ann lee"@example.org']), {});
    if (!config.ok) throw new Error(config.error.message);
    expect(await deliver(ALERT, config.value, signal, atOnce)).toMatchObject([{ delivered: true }]);
    expect(lines).toContain('RCPT TO:<"ann lee"@example.org>\r\n');
  });

  it("that is wrong is named with all other faults at once", async () => {
    const path = configFile(
      { host: "mail.example.org:25", caFile: "" },
      ["me", "ann@example.org", "a b@example.org"],
      "nobody",
    );
    const config = await readAlerting(path, { SMTP_PORT: "99999", SMS_WEBHOOK_URL: "http://sms.example.org/hunter2" });
    const { message } = config.ok ? { message: "" } : config.error;
    const members = ["email.from", "email.smtp.host", "email.smtp.caFile", "email.recipients.critical.0"];
    for (const member of [...members, "email.recipients.critical.2", "SMTP_PORT", "SMS_WEBHOOK_URL"])
      expect(message).toContain(`"${member}"`);
    expect(message).not.toMatch(/critical\.1|hunter2|a b@/);
  });
});
