import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import type { MailAddress } from "./mail-address.ts";

export type MailContent = {
  /** Without a sender, mail programs open the mail as a draft. */
  readonly from: MailAddress | undefined;
  readonly to: MailAddress;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly {
    readonly filename: string;
    readonly content: string;
    readonly contentType: string;
  }[];
};

/** Writes a mail as a file (RFC 5322), which mail programs open and mail servers take. */
export async function composeMail({ from, to, subject, text, attachments }: MailContent): Promise<Buffer> {
  // The same mail always has the same id: a mail program shows it once, even if it was sent twice.
  const id = createHash("sha256")
    .update(JSON.stringify([to.address, subject, text]))
    .digest("hex")
    .slice(0, 32);
  const writer = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const { message } = await writer.sendMail({
    ...(from === undefined ? { headers: { "X-Unsent": "1" } } : { from: { ...from } }),
    to: { ...to },
    subject,
    text,
    textEncoding: "quoted-printable",
    messageId: `<${id}@usb-video-vault.invalid>`,
    attachments: [...attachments],
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message as Buffer;
}
