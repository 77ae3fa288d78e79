import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseLicenseLink } from "../../../src-shared/license/index.ts";
import { type MailSink, openMailSink } from "../../fakes/alert-sinks.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { type Packed, PROJECT, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { openPublisherFixture, type PublisherFixture, TIDES } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let publisher: ReturnType<typeof openIssuingFixture>;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  const label = "Éditions « Phare »";
  const packed = await succeed<Packed>(["pack", "--stick", fixture.stick, ...keys(), "--label", label, TIDES]);
  publisher = openIssuingFixture(fixture, packed);
});
afterAll(() => fixture.remove());

const keys = () => ["--keys", fixture.keys];

/** A fresh publisher's customers, each with the stick S1. */
async function customers(...rows: string[]) {
  const numbers = rows.map((row) => `M${++count};${row}`);
  await succeed([
    "customer",
    "import",
    publisher.written("csv", `number;name;mail;stick;days;language\n${numbers.join("\n")}`),
    ...keys(),
  ]);
  return numbers.map((row) => row.split(";")[0] as string);
}

/** A table of these customers only: earlier tests have left others. */
function table(...numbers: string[]) {
  return publisher.written("csv", `customer;days;passphrase\n${numbers.map((one) => `${one};30;yes`).join("\n")}`);
}

type ReadMail = {
  from: string | null;
  to: [string, string][];
  subject: string;
  draft: string | null;
  id: string;
  text: string;
  attachments: [string, string][];
  longest: number;
};
function read(outbox: string, ...files: string[]): ReadMail[] {
  const paths = files.map((file) => join(outbox, file));
  const script = join(PROJECT, "test/ops/support/read-mail.py");
  return JSON.parse(execFileSync("python3", [script, ...paths], { encoding: "utf8" })) as ReadMail[];
}

describe("mails with licenses", () => {
  it("have the license, its link and instructions; the passphrase is in a mail of its own", async () => {
    const [ann, ben] = await customers(
      "Hélène Müller;helene@example.org;S1;1y;fr",
      "Ben, Sons & Co;ben@example.org;S1;30;en",
    );
    const outbox = fixture.path("outbox");
    const batch = ["license", "batch", "--mail", outbox, ...keys()];
    const issued = await succeed<{ licenses: { sub: string; out: string; passphraseFile: string }[] }>(batch);
    expect(issued.licenses.map(({ sub }) => sub)).toEqual([ann, ben]);
    const files = [ann, ben].flatMap((number) => [`${number}.eml`, `${number}-passphrase.eml`]);
    const [license, secret, english, englishSecret] = read(outbox, ...files);
    const text = readFileSync(join(outbox, `${ann}.uvvlic`), "utf8");
    const passphrase = readFileSync(join(outbox, `${ann}.txt`), "utf8").trim();
    expect(license).toMatchObject({
      from: null,
      draft: "1",
      to: [["Hélène Müller", "helene@example.org"]],
      subject: "Votre licence pour « Éditions « Phare » »",
      attachments: [[`${ann}.uvvlic`, text]],
    });
    expect(license?.text).toMatch(/^Bonjour Hélène Müller,\n\n1\. Branchez .*\n2\. Déposez .*\n3\. Saisissez /);
    expect(license?.text).toMatch(/valable jusqu'au \d+ \p{L}+ 20\d\d\./u);
    const link = /usb-video-vault:\S+/.exec(license?.text ?? "")?.[0] ?? "";
    expect(parseLicenseLink(link)).toEqual({ ok: true, value: text });
    // Mail servers break longer lines.
    expect(license?.longest).toBeLessThanOrEqual(998);
    expect(license?.text).not.toContain(passphrase);
    expect(secret?.text).toContain(`\n${passphrase}\n`);
    expect(secret?.attachments).toEqual([]);
    expect(english).toMatchObject({
      to: [["Ben, Sons & Co", "ben@example.org"]],
      subject: 'Your license for "Éditions « Phare »"',
    });
    expect(englishSecret?.text).toMatch(/Keep it apart from the license/);
    for (const file of readdirSync(outbox).filter((name) => /\.(?:eml|json|txt)$/.test(name))) {
      expect(statSync(join(outbox, file)).mode & 0o077).toBe(0);
    }
  });

  it("are written for no customer twice, and customers without an address are named", async () => {
    const [ann, ben] = await customers("Ann;ann@example.org;S1;30;", "Ben;;S1;30;");
    const outbox = fixture.path("outbox-2");
    const batch = ["license", "batch", table(ann!, ben!), "--stick", "S1", "--mail", outbox, ...keys()];
    expect(await succeed(batch)).toMatchObject({
      mails: [{ customer: ann }, { customer: ann }],
      withoutAddress: [ben],
    });
    const before = readFileSync(join(outbox, `${ann}.eml`), "utf8");
    expect(await succeed(batch)).toMatchObject({ licenses: [], mails: [], withoutAddress: [] });
    expect(readFileSync(join(outbox, `${ann}.eml`), "utf8")).toBe(before);
  });
});

describe("sending", () => {
  const smtpFile = (sink: MailSink, more: object = {}) =>
    publisher.written(
      "json",
      JSON.stringify({
        host: "127.0.0.1",
        port: sink.port,
        from: "Phare <licences@phare.example>",
        user: "phare",
        password: "hunter2",
        ...more,
      }),
    );
  type States = { states: { customer: string; what: string; state: string; reason: string | null }[] };

  it("sends each mail once, tells the server's words for those that fail, and goes on with the rest later", async () => {
    const [ann, refused, ben] = await customers(
      "Ann;ann@example.org;S1;30;",
      "Carl;carl@example.org;S1;30;",
      "Ben;ben@example.org;S1;30;",
    );
    let isFull = true;
    const sink = await openMailSink({
      refusal: (address) => (isFull && address === "carl@example.org" ? "452 4.2.2 mailbox full" : undefined),
    });
    try {
      const outbox = fixture.path("outbox-3");
      const batch = ["license", "batch", table(ann!, refused!, ben!), "--stick", "S1", "--mail", outbox, ...keys()];
      const send = [...batch, "--send", smtpFile(sink)];
      const first = await vaultctl([...send, "--json"]);
      expect(first.json).toMatchObject({
        ok: false,
        error: { code: "MAIL_FAILED", message: expect.stringMatching(/^2 of 6/) },
      });
      const states = (first.json as unknown as States).states.map((one) => [one.customer, one.state, one.reason]);
      expect(states).toEqual([
        [ann, "sent", null],
        [ann, "sent", null],
        [refused, "failed", expect.stringMatching(/452 .*mailbox full/)],
        [refused, "failed", expect.stringMatching(/452 .*mailbox full/)],
        [ben, "sent", null],
        [ben, "sent", null],
      ]);
      expect(JSON.stringify(first)).not.toContain("hunter2");
      isFull = false;
      // A note that was cut off by a crash counts as not written, and does not hide the next one.
      appendFileSync(join(outbox, "sent.jsonl"), '{"file":"M');
      const second = await succeed<States>(send);
      expect(second.states.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => "sent"));
      await succeed(send);
      expect(sink.got.map(({ to }) => to[0])).toEqual(
        ["ann", "ann", "ben", "ben", "carl", "carl"].map((name) => `${name}@example.org`),
      );
      const path = publisher.written("eml", sink.got[0]!.source);
      writeFileSync(path, sink.got[0]!.source);
      const [mail] = read("/", path.slice(1));
      expect(mail).toMatchObject({ from: "Phare <licences@phare.example>", draft: null });
      expect(mail?.attachments[0]?.[1]).toBe(readFileSync(join(outbox, `${ann}.uvvlic`), "utf8"));
    } finally {
      sink.close();
    }
  });

  it("issues nothing if the mail server is not described correctly", async () => {
    const [ann] = await customers("Ann;ann@example.org;S1;30;");
    const before = publisher.entries().length;
    const batch = ["license", "batch", table(ann!), "--stick", "S1", "--mail", fixture.path("outbox-4"), ...keys()];
    const wrong = publisher.written(
      "json",
      JSON.stringify({ host: "mail.example", port: 465, from: "a@b.example", user: "x" }),
    );
    expect(await refusal([...batch, "--send", wrong])).toBe("SMTP_INVALID");
    expect(await refusal([...batch, "--send", "none.json"])).toBe("NOT_FOUND");
    expect(publisher.entries()).toHaveLength(before);
  });

  it("says that the server cannot be reached, and loses nothing", async () => {
    const [ann] = await customers("Ann;ann@example.org;S1;30;");
    const sink = await openMailSink();
    const file = smtpFile(sink);
    sink.close();
    const batch = ["license", "batch", table(ann!), "--stick", "S1", "--mail", fixture.path("outbox-5"), ...keys()];
    const answer = await vaultctl([...batch, "--send", file, "--json"]);
    expect(answer.json).toMatchObject({
      error: { code: "MAIL_FAILED" },
      states: [{ reason: "ESOCKET" }, { reason: "ESOCKET" }],
    });
    const again = await openMailSink();
    try {
      expect(await succeed<States>([...batch, "--send", smtpFile(again)])).toMatchObject({ licenses: [] });
      expect(again.got).toHaveLength(2);
    } finally {
      again.close();
    }
  });
});
