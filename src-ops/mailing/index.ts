export { type LicenseToMail, writeMails } from "./outbox.ts";
export { type Delivery, readSmtp, sendOutbox, type Smtp } from "./send.ts";
