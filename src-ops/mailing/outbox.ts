import { open } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { DEFAULT_LANGUAGE } from "../../src-shared/languages.ts";
import { LINK_SCHEME, MAX_LINK_CHARS } from "../../src-shared/license/index.ts";
import { syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { composeMail, type MailAddress, type MailContent } from "../mail/index.ts";
import type { Customer } from "../records/index.ts";
import { exists } from "../paths.ts";
import { makePrivateFolder } from "../private-access.ts";
import { dayOf, licenseMail, type MailText, passphraseMail } from "./texts.ts";

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

const OutgoingMail = v.object({
  file: v.string(),
  to: v.string(),
  customer: v.string(),
  what: v.picklist(["license", "passphrase"]),
});
/** One mail of the outbox: its file, and for whom it is. */
export type OutgoingMail = v.InferOutput<typeof OutgoingMail>;
const Index = v.object({ v: v.literal(1), mails: v.array(OutgoingMail) });

const INDEX = "outbox.json";
const SENT = "sent.jsonl";
const PRIVATE_MODE = 0o600;

/** Every mail of an outbox, in the order in which they were written. */
export async function readOutbox(folder: string): Promise<Attempt<readonly OutgoingMail[]>> {
  const path = join(folder, INDEX);
  if (!(await exists(path))) return ok([]);
  const bytes = await readSmallFile(path, 16 * MIB);
  const json = bytes && parseStrictJson(bytes);
  const index = v.safeParse(Index, json?.ok ? json.value : undefined);
  if (index.success) return ok(index.output.mails);
  return fail(
    "OUTBOX_BROKEN",
    `${path} is damaged: move the folder away, and renew the licenses in it into a new one.`,
  );
}

/**
 * Writes the mails for licenses: one with the license, its link and three lines of instructions, and one with the
 * passphrase if it has one, each as an `.eml` file that mail programs open. Returns the mails that were written.
 */
export async function writeMails(
  folder: string,
  licenses: readonly LicenseToMail[],
  from: MailAddress | undefined,
): Promise<Attempt<readonly OutgoingMail[]>> {
  const known = await readOutbox(folder);
  if (!known.ok) return known;
  await makePrivateFolder(folder, false);
  const written: OutgoingMail[] = [];
  for (const license of licenses) {
    for (const { mail, content } of mailsFor(license)) {
      await writeFileAtomic(join(folder, mail.file), await composeMail({ ...content, from }), PRIVATE_MODE);
      written.push(mail);
    }
  }
  const mails = [...new Map([...known.value, ...written].map((mail) => [mail.file, mail])).values()];
  await writeFileAtomic(join(folder, INDEX), `${JSON.stringify({ v: 1, mails }, undefined, 1)}\n`, PRIVATE_MODE);
  return ok(written);
}

type Draft = { readonly mail: OutgoingMail; readonly content: Omit<MailContent, "from"> };

function mailsFor({ customer, file, text, label, exp, passphrase }: LicenseToMail): readonly Draft[] {
  const { number, name = "", mail: address, language = DEFAULT_LANGUAGE } = customer;
  const base = file.replace(/\.uvvlic$/, "");
  const whole = `${LINK_SCHEME}://license?data=${toBase64url(utf8(text))}`;
  const link = whole.length <= MAX_LINK_CHARS ? whole : undefined;
  const facts = { name, label, file, link, end: dayOf(exp, language), hasPassphrase: passphrase !== undefined };
  const attachment = { filename: file, content: text, contentType: "application/octet-stream" };
  const draft = (
    ending: string,
    what: OutgoingMail["what"],
    { subject, lines }: MailText,
    attachments: Attachments,
  ) => ({
    mail: { file: `${base}${ending}.eml`, to: address, customer: number, what },
    content: { to: { name, address }, subject, text: `${lines.join("\n")}\n`, attachments },
  });
  const license = draft("", "license", licenseMail(language, facts), [attachment]);
  if (passphrase === undefined) return [license];
  const secret = passphraseMail(language, { name, label, passphrase });
  return [license, draft("-passphrase", "passphrase", secret, [])];
}
type Attachments = MailContent["attachments"];

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
  const isNew = !(await exists(join(folder, SENT)));
  const file = await open(join(folder, SENT), "a", PRIVATE_MODE);
  try {
    // A line that was cut off before stays alone.
    await file.appendFile(`\n${JSON.stringify(sent)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  if (isNew) await syncFolder(folder);
}
