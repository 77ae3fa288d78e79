export { type LicenseToMail, writeMails } from "./outbox.ts";
export { type MailState, readSender, type Sender, sendOutbox } from "./send.ts";
