import { createTransport, type SendMailOptions } from "nodemailer";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Milliseconds } from "../../src-shared/units.ts";
import { networkCodeOf, wordsOf } from "../server-words.ts";

/** A server that takes mail for others. */
export type SmtpServer = {
  /** Empty: mail is not configured. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly pass: string | undefined;
  /** In PEM; `undefined`: the authorities that every computer trusts. */
  readonly certificates?: string | undefined;
  readonly serverName?: string | undefined;
};

export type SmtpFailure = {
  /** Shown to people: the server's own words, without a password. */
  readonly problem: string;
  /** Whether the same mail may arrive if it is sent again: at once, later, or only after somebody repaired something. */
  readonly again: "soon" | "later" | "never";
  /** Whether only this recipient is affected, or every mail through this server. */
  readonly affects: "recipient" | "way";
};

/** Whether a host name stands for this computer itself. */
export function isLoopback(name: string): boolean {
  return name === "127.0.0.1" || name === "::1" || name === "[::1]" || name === "localhost";
}

/** Sends one mail. SMTP to other hosts requires TLS. */
export async function sendMail(
  server: SmtpServer,
  mail: SendMailOptions,
  timeoutMs: Milliseconds,
): Promise<Result<undefined, SmtpFailure>> {
  const transport = transportTo(server, timeoutMs);
  try {
    await transport.sendMail(mail);
    return ok(undefined);
  } catch (error) {
    return err(failureFrom(error, server));
  } finally {
    transport.close();
  }
}

function transportTo({ host, port, user, pass, certificates, serverName }: SmtpServer, timeoutMs: Milliseconds) {
  const isLocal = isLoopback(host);
  return createTransport({
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    secure: port === 465,
    requireTLS: port !== 465 && !isLocal,
    ...(user !== undefined && pass !== undefined ? { auth: { user, pass } } : {}),
    tls: {
      // Nobody stands between this computer and itself, and its certificate cannot name "localhost".
      rejectUnauthorized: !isLocal,
      ...(certificates === undefined ? {} : { ca: certificates, allowPartialTrustChain: true }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
}

/** What SMTP replies mean: 4yz may work later, 5yz never (RFC 5321 section 4.2.1). */
function failureFrom(error: unknown, { user, pass }: SmtpServer): SmtpFailure {
  if (!(error instanceof Error)) throw error;
  const { response, responseCode, command } = error as {
    response?: unknown;
    responseCode?: unknown;
    command?: unknown;
  };
  const secrets = [pass, ...(user === undefined || pass === undefined ? [] : [plainLogin(user, pass)])];
  const affects = command === "RCPT TO" ? "recipient" : "way";
  const code = networkCodeOf(error);
  if (typeof response === "string" && typeof responseCode === "number") {
    // The answer to STARTTLS alone does not tell what was asked.
    const problem = `${code === "ETLS" ? "ETLS: " : ""}${wordsOf(response, secrets)}`;
    return { problem, again: responseCode >= 500 ? "never" : "later", affects };
  }
  const reason = TLS_PROBLEMS.test(error.message) ? `: ${wordsOf(error.message, secrets)}` : "";
  return { problem: `${code}${reason}`, again: "soon", affects };
}

// Only these messages of the TLS library help to repair the configuration; others contain addresses.
const TLS_PROBLEMS = /certificate|altnames|STARTTLS/i;

function plainLogin(user: string, pass: string): string {
  return Buffer.from(`\0${user}\0${pass}`).toString("base64");
}
