import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB, type Milliseconds, MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { MAIL_ADDRESS, type MailAddress, sendMail, type SmtpServer } from "../mail/index.ts";
import { noteSent, type OutgoingMail, readOutbox, readSent } from "./outbox.ts";

const SmtpFile = v.strictObject({
  host: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.:-]{1,253}$/)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  from: MAIL_ADDRESS,
  user: v.exactOptional(v.string()),
  password: v.exactOptional(v.string()),
});

/** The publisher's mail server, and the sender of the mails. */
export type Sender = { readonly server: SmtpServer; readonly from: MailAddress };

/** Reads the file that describes the publisher's mail server. */
export async function readSender(path: string): Promise<Attempt<Sender>> {
  const bytes = await readSmallFile(path, 16 * KIB);
  if (!bytes) return fail("NOT_FOUND", `${path} cannot be read: name the file that describes your mail server.`);
  const json = parseStrictJson(bytes);
  const file = v.safeParse(SmtpFile, json.ok ? json.value : undefined);
  if (!file.success || (file.output.user === undefined) !== (file.output.password === undefined)) {
    return fail("SMTP_INVALID", `${path} must hold host, port and from, and user and password or neither, as JSON.`);
  }
  const { host, port, from, user, password: pass } = file.output;
  return ok({ server: { host, port, user, pass }, from });
}

/** What became of a mail. `reason`: why it was not sent, in the server's own words. */
export type MailState = OutgoingMail & {
  readonly state: "sent" | "failed" | "waiting";
  readonly at: UnixSeconds | null;
  readonly reason: string | null;
};

const TIMEOUT_MS: Milliseconds = 30_000;

/**
 * Sends every mail of an outbox that was not sent yet. One that fails does not stop the others. Run it again for the rest:
 * nothing is sent twice, unless the program is stopped between the server's acceptance and the note about it.
 */
export async function sendOutbox(
  folder: string,
  { server, from }: Sender,
  job: Pick<Job, "signal" | "note">,
  now: () => UnixSeconds,
): Promise<Attempt<readonly MailState[]>> {
  const outbox = await readOutbox(folder);
  if (!outbox.ok) return outbox;
  const sent = await readSent(folder);

  async function send(mail: OutgoingMail): Promise<Pick<MailState, "state" | "at" | "reason">> {
    const raw = await readSmallFile(join(folder, mail.file), MIB);
    if (!raw) return { state: "failed", at: null, reason: `${mail.file} is missing` };
    const sha256 = createHash("sha256").update(raw).digest("hex");
    const before = sent.get(mail.file);
    // A mail that was written again, with another license, is a new one.
    if (before?.sha256 === sha256) return { state: "sent", at: before.at, reason: null };
    if (job.signal.aborted) return { state: "waiting", at: null, reason: null };
    const accepted = await sendMail(server, { envelope: { from: from.address, to: mail.to }, raw }, TIMEOUT_MS);
    if (!accepted.ok) return { state: "failed", at: null, reason: accepted.error.problem };
    const at = now();
    await noteSent(folder, { file: mail.file, sha256, at });
    job.note(`The ${mail.what} for ${mail.customer} is sent to ${mail.to}.`);
    return { state: "sent", at, reason: null };
  }

  const states: MailState[] = [];
  for (const mail of outbox.value) states.push({ ...mail, ...(await send(mail)) });
  return ok(states);
}
