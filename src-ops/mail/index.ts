export { composeMail, type MailContent } from "./compose-mail.ts";
export { MAIL_ADDRESS, type MailAddress, parseMailAddress } from "./mail-address.ts";
export { readCertificates } from "./read-certificates.ts";
export { isLoopback, sendMail, type SmtpServer } from "./smtp-server.ts";
