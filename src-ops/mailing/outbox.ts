import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import * as v from "valibot";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { DEFAULT_LANGUAGE } from "../../src-shared/languages.ts";
import { LINK_SCHEME, MAX_LINK_CHARS } from "../../src-shared/license/index.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Customer } from "../records/index.ts";
import { exists } from "../paths.ts";
import { dayOf, licenseMail, passphraseMail } from "./texts.ts";

/** A license that was issued, for a customer with a mail address. */
export type LicenseToMail = {
  readonly customer: Customer & { readonly mail: string };
  /** The license file's name, and its text. */
  readonly file: string;
  readonly text: string;
  /** What the customer's stick is called. */
  readonly label: string;
  readonly exp: UnixSeconds;
  readonly passphrase: string | undefined;
};

const Letter = v.object({
  file: v.string(),
  to: v.string(),
  customer: v.string(),
  what: v.picklist(["license", "passphrase"]),
});
/** One mail of the outbox: its file, and for whom it is. */
export type Letter = v.InferOutput<typeof Letter>;
const Index = v.object({ v: v.literal(1), letters: v.array(Letter) });

const INDEX = "outbox.json";
const SENT = "sent.jsonl";
const PRIVATE_MODE = 0o600;

/** Every mail of an outbox, in the order in which they were written. */
export async function readOutbox(folder: string): Promise<Attempt<readonly Letter[]>> {
  const path = join(folder, INDEX);
  if (!(await exists(path))) return ok([]);
  const bytes = await readSmallFile(path, 16 * MIB);
  const json = bytes && parseStrictJson(bytes);
  const index = v.safeParse(Index, json?.ok ? json.value : undefined);
  if (index.success) return ok(index.output.letters);
  return fail(
    "OUTBOX_BROKEN",
    `${path} is damaged: move the folder away, and renew the licenses in it into a new one.`,
  );
}

/**
 * Writes the mails for licenses: one with the license, its link and three lines of instructions, and one with the
 * passphrase if it has one, each as an `.eml` file that mail programs open.
 */
export async function writeMails(
  folder: string,
  licenses: readonly LicenseToMail[],
  from: string | undefined,
): Promise<Attempt<readonly Letter[]>> {
  const known = await readOutbox(folder);
  if (!known.ok) return known;
  await mkdir(folder, { recursive: true });
  const letters = [...known.value];
  for (const license of licenses) {
    for (const { letter, content } of await composeMails(license, from)) {
      await writeFileAtomic(join(folder, letter.file), content, PRIVATE_MODE);
      const index = letters.findIndex(({ file }) => file === letter.file);
      letters.splice(index < 0 ? letters.length : index, 1, letter);
    }
  }
  await writeFileAtomic(join(folder, INDEX), `${JSON.stringify({ v: 1, letters }, undefined, 1)}\n`, PRIVATE_MODE);
  return ok(letters.slice(known.value.length));
}

async function composeMails({ customer, file, text, label, exp, passphrase }: LicenseToMail, from: string | undefined) {
  const { number, name = "", mail: to, language = DEFAULT_LANGUAGE } = customer;
  const base = file.replace(/\.uvvlic$/, "");
  const whole = `${LINK_SCHEME}://license?data=${toBase64url(utf8(text))}`;
  const link = whole.length <= MAX_LINK_CHARS ? whole : undefined;
  const facts = { name, label, file, link, end: dayOf(exp, language), hasPassphrase: passphrase !== undefined };
  const license = licenseMail(language, facts);
  const attachments = [{ filename: file, content: text, contentType: "application/octet-stream" }];
  const mails = [
    {
      letter: { file: `${base}.eml`, to, customer: number, what: "license" as const },
      content: await composed({ ...license, from, to, name, attachments }),
    },
  ];
  if (passphrase === undefined) return mails;
  const secret = passphraseMail(language, { name, label, passphrase });
  const letter = { file: `${base}-passphrase.eml`, to, customer: number, what: "passphrase" as const };
  return [...mails, { letter, content: await composed({ ...secret, from, to, name, attachments: [] }) }];
}

type Draft = ReturnType<typeof licenseMail> & {
  readonly from: string | undefined;
  readonly to: string;
  readonly name: string;
  readonly attachments: readonly {
    readonly filename: string;
    readonly content: string;
    readonly contentType: string;
  }[];
};

async function composed({ subject, lines, from, to, name, attachments }: Draft): Promise<Buffer> {
  const body = `${lines.join("\n")}\n`;
  // The same mail always has the same id: a mail program shows it once, even if it was sent twice.
  const id = createHash("sha256")
    .update(JSON.stringify([to, subject, body]))
    .digest("hex")
    .slice(0, 32);
  const writer = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const { message } = await writer.sendMail({
    // Mail programs open a mail without a sender as a draft.
    ...(from === undefined ? { headers: { "X-Unsent": "1" } } : { from }),
    to: { name, address: to },
    subject,
    text: body,
    textEncoding: "quoted-printable",
    messageId: `<${id}@usb-video-vault.invalid>`,
    attachments: [...attachments],
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message as Buffer;
}

const Sent = v.object({ file: v.string(), sha256: v.string(), at: v.number() });
export type Sent = v.InferOutput<typeof Sent>;

/** What was sent, by file. A line that was not finished counts as not sent. */
export async function readSent(folder: string): Promise<ReadonlyMap<string, Sent>> {
  const bytes = await readSmallFile(join(folder, SENT), 64 * MIB);
  const lines = (bytes?.toString("utf8") ?? "").split("\n");
  const sent = new Map<string, Sent>();
  for (const line of lines) {
    const json = parseStrictJson(utf8(line));
    const parsed = v.safeParse(Sent, json.ok ? json.value : undefined);
    if (parsed.success) sent.set(parsed.output.file, parsed.output);
  }
  return sent;
}

/** Notes durably that a mail was accepted. */
export async function noteSent(folder: string, sent: Sent): Promise<void> {
  const file = await open(join(folder, SENT), "a", PRIVATE_MODE);
  try {
    // A line that was cut off before stays alone.
    await file.appendFile(`\n${JSON.stringify(sent)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
