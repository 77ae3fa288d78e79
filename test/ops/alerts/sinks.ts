import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";

/** A real web server that keeps what it is sent. `answers` are the status codes in their order; then 200. */
export async function webhookSink(...answers: readonly number[]): Promise<{ url: string; got: { text: string }[] }> {
  const got: { text: string }[] = [];
  const left = [...answers];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as { text: string };
    const status = left.shift() ?? 200;
    if (status === 200) got.push(body);
    response.writeHead(status).end();
  }

  return { url: `http://127.0.0.1:${await listening(server)}/secret-path`, got };
}

export type Mail = { readonly to: readonly string[]; readonly user: string | undefined; readonly source: string };

/** A real SMTP server that keeps what it is sent. It wants a name and a password, and takes no mail for `refused@`. */
export async function mailSink(host = "127.0.0.1"): Promise<{ port: number; got: Mail[]; asked: string[] }> {
  const got: Mail[] = [];
  const asked: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username = "", password }, _session, done) => {
      asked.push(username);
      done(password === "hunter2" ? null : new Error("no"), { user: username });
    },
    onRcptTo: ({ address }, _session, done) => done(address.startsWith("refused@") ? new Error("no such box") : null),
    onData: (stream, { envelope, user }, done) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        got.push({ to, user: user as string | undefined, source: Buffer.concat(parts).toString() });
        done();
      });
    },
  });
  return { port: await listening(server.server, host, () => server.close()), got, asked };
}

async function listening(
  server: Server | NetServer,
  host = "127.0.0.1",
  close: () => unknown = () => server.close(),
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void close());
  return (server.address() as AddressInfo).port;
}

/** The words of a mail whose text is quoted-printable (RFC 2045 section 6.7) or plain. */
export function wordsOf({ source }: Mail): { subject: string; body: string } {
  const [head = "", ...rest] = source.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n").replaceAll("=\r\n", "");
  const subject = /^Subject: ((?:.|\r\n[ \t])*)$/m.exec(head)?.[1] ?? "";
  return { subject: decodeWords(subject.replaceAll(/\r\n[ \t]/g, " ")), body: fromQuotedPrintable(body) };
}

// RFC 2047: `=?UTF-8?Q?...?=`, whose parts are joined without the space between them.
function decodeWords(subject: string): string {
  return subject
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_whole, words: string) => fromQuotedPrintable(words.replaceAll("_", " ")));
}

function fromQuotedPrintable(words: string): string {
  const bytes = words.replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
