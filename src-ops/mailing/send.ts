import { createHash } from "node:crypto";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import * as v from "valibot";
import { safeLine } from "../../src-shared/encoding/line.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB, MIB, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { type Letter, noteSent, readOutbox, readSent } from "./outbox.ts";

const SmtpFile = v.strictObject({
  host: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.:-]{1,253}$/)),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
  /** The sender: `Harbour Films <licenses@harbour.example>`. */
  from: v.pipe(v.string(), v.regex(/^[^\r\n]{3,320}$/)),
  user: v.exactOptional(v.string()),
  password: v.exactOptional(v.string()),
});
export type Smtp = v.InferOutput<typeof SmtpFile>;

/** Reads the file that names the publisher's mail server. */
export async function readSmtp(path: string): Promise<Attempt<Smtp>> {
  const bytes = await readSmallFile(path, 16 * KIB);
  if (!bytes) return fail("NOT_FOUND", `${path} cannot be read: name the file that describes your mail server.`);
  const json = parseStrictJson(bytes);
  const smtp = v.safeParse(SmtpFile, json.ok ? json.value : undefined);
  if (smtp.success && (smtp.output.user === undefined) === (smtp.output.password === undefined)) return ok(smtp.output);
  return fail("SMTP_INVALID", `${path} must hold host, port and from, and user and password or neither, as JSON.`);
}

/** Whether a mail has been sent. `words`: why not. */
export type Delivery = Letter & {
  readonly state: "sent" | "failed" | "waiting";
  readonly at: UnixSeconds | null;
  readonly words: string | null;
};

const TIMEOUT_MS = 30_000;

/**
 * Sends every mail of an outbox that was not sent yet. One that fails does not stop the others. Run it again for the rest:
 * nothing is sent twice, unless the program is stopped between the server's acceptance and the note about it.
 */
export async function sendOutbox(
  folder: string,
  smtp: Smtp,
  job: Pick<Job, "signal" | "note">,
  now: () => UnixSeconds,
): Promise<Attempt<readonly Delivery[]>> {
  const letters = await readOutbox(folder);
  if (!letters.ok) return letters;
  const sent = await readSent(folder);
  const isLocal = ["127.0.0.1", "::1", "localhost"].includes(smtp.host);
  const transport = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.port === 465,
    requireTLS: smtp.port !== 465 && !isLocal,
    ...(smtp.user === undefined || smtp.password === undefined
      ? {}
      : { auth: { user: smtp.user, pass: smtp.password } }),
    tls: { rejectUnauthorized: !isLocal },
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  const deliveries: Delivery[] = [];
  try {
    for (const [index, letter] of letters.value.entries()) {
      const raw = await readSmallFile(join(folder, letter.file), MIB);
      const sha256 = raw && createHash("sha256").update(raw).digest("hex");
      const before = sent.get(letter.file);
      // A mail that was written again, with another license, is a new one.
      if (before && before.sha256 === sha256) {
        deliveries.push({ ...letter, state: "sent", at: before.at, words: null });
        continue;
      }
      if (job.signal.aborted || !raw || sha256 === undefined) {
        const words = raw ? null : `${letter.file} is missing`;
        deliveries.push({ ...letter, state: raw ? "waiting" : "failed", at: null, words });
        continue;
      }
      try {
        await transport.sendMail({ envelope: { from: smtp.from, to: letter.to }, raw });
      } catch (error) {
        deliveries.push({ ...letter, state: "failed", at: null, words: wordsOf(error, smtp) });
        continue;
      }
      const at = now();
      await noteSent(folder, { file: letter.file, sha256, at });
      deliveries.push({ ...letter, state: "sent", at, words: null });
      job.note(`${index + 1} of ${letters.value.length}: ${letter.what} for ${letter.customer} sent to ${letter.to}.`);
    }
  } finally {
    transport.close();
  }
  return ok(deliveries);
}

/** The server's own words, in one bounded line and without the password. */
function wordsOf(error: unknown, { password }: Smtp): string {
  if (!(error instanceof Error)) throw error;
  const { response, code } = error as { readonly response?: unknown; readonly code?: unknown };
  const words = typeof response === "string" ? response : typeof code === "string" ? code : error.name;
  const clear = password === undefined ? words : words.replaceAll(password, "***");
  return safeLine(clear).slice(0, 200);
}
