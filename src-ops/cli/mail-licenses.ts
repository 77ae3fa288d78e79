import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import type { Job } from "../job.ts";
import { loadPublisher } from "../keys/index.ts";
import type { MailAddress } from "../mail/index.ts";
import {
  type LicenseToMail,
  type MailState,
  readSender,
  type Sender,
  sendOutbox,
  writeMails,
} from "../mailing/index.ts";
import { readCustomers } from "../records/index.ts";
import type { Outcome } from "./host.ts";

type Options = {
  readonly keys: string;
  readonly mail: string;
  readonly from?: MailAddress;
  readonly sender: Sender | undefined;
};

/** Where licenses are written, and the mail server if they are sent. */
export async function readDelivery({
  mail,
  send,
  outDir = mail,
}: {
  readonly mail?: string;
  readonly send?: string;
  readonly outDir?: string;
}): Promise<Attempt<{ readonly outDir: string; readonly sender: Sender | undefined }>> {
  if (outDir === undefined) return fail("USAGE", "Name --out-dir or --mail. See --help.");
  if (send !== undefined && mail === undefined) return fail("USAGE", "--send needs --mail. See --help.");
  const sender = send === undefined ? ok(undefined) : await readSender(send);
  return sender.ok ? ok({ outDir, sender: sender.value }) : sender;
}

/** A license that was issued, as far as its mail needs it. */
export type MailedLicense = {
  /** The number of its customer. */
  readonly sub: string;
  readonly exp: UnixSeconds;
  readonly out: string;
  /** What viewers see of the stick. */
  readonly label: string;
  readonly passphrase: string | undefined;
};

/** Writes the mails for these licenses and, if there is a mail server, sends everything in the folder that was not sent. */
export async function mailLicenses(
  licenses: readonly MailedLicense[],
  { keys, mail, from, sender }: Options,
  job: Job,
  now: () => UnixSeconds,
): Promise<Attempt<Outcome>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const customers = await readCustomers(publisher.value);
  if (!customers.ok) return customers;
  const byNumber = new Map(customers.value.map((one) => [one.number, one]));
  const toMail: LicenseToMail[] = [];
  const without: string[] = [];
  for (const { sub, exp, out, label, passphrase } of licenses) {
    const customer = byNumber.get(sub);
    if (customer?.mail === undefined) {
      without.push(sub);
      continue;
    }
    const text = await readFile(out, "utf8");
    toMail.push({
      customer: { ...customer, mail: customer.mail },
      file: basename(out),
      text,
      label,
      exp,
      passphrase,
    });
  }
  const written = await writeMails(mail, toMail, from ?? sender?.from);
  if (!written.ok) return written;
  const lines = [
    `${written.value.length} mails written to ${mail}.`,
    ...(without.length > 0 ? [`No mail address: ${without.join(", ")}.`] : []),
  ];
  const json = { mails: written.value, withoutAddress: without };
  if (!sender) return ok({ json, lines });
  const sent = await sendOutbox(mail, sender, job, now);
  if (!sent.ok) return sent;
  const table = sent.value.map(lineOf);
  const open = sent.value.filter(({ state }) => state !== "sent");
  if (open.length === 0) return ok({ json: { ...json, states: sent.value }, lines: [...lines, ...table] });
  for (const line of [...lines, ...table]) job.note(line);
  const message = `${open.length} of ${sent.value.length} mails were not sent: run the same command again for them.`;
  return fail("MAIL_FAILED", message, { ...json, states: sent.value });
}

function lineOf({ customer, what, to, state, at, reason }: MailState): string {
  const when = at === null ? (reason ?? "") : formatDate(at);
  return `${customer.padEnd(10)}  ${what.padEnd(10)}  ${state.padEnd(7)}  ${when.padEnd(20)}  ${to}`;
}
