import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export type Mail = { readonly to: readonly string[]; readonly user: string | undefined; readonly source: string };
export type WebhookSink = { readonly url: string; readonly got: { text: string }[]; readonly close: () => void };
export type MailSink = {
  readonly port: number;
  readonly got: Mail[];
  readonly userNames: string[];
  readonly close: () => void;
};

/** A real web server that keeps the requests it receives. `answers` are its status codes in order; after them, 200. */
export async function openWebhookSink(...answers: readonly number[]): Promise<WebhookSink> {
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

  const port = await listening(server, "127.0.0.1");
  return { url: `http://127.0.0.1:${port}/secret-path`, got, close: () => void server.close() };
}

/**
 * A real SMTP server that keeps the mails it receives. It requires a name and a password, and refuses mail for
 * `refused@`.
 */
export async function openMailSink(host = "127.0.0.1"): Promise<MailSink> {
  const got: Mail[] = [];
  const userNames: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username = "", password }, _session, done) => {
      userNames.push(username);
      done(password === "hunter2" ? null : new Error("no"), { user: username });
    },
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("refused@") ? new Error("no such mailbox") : null),
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
  const port = await listening(server.server, host);
  return { port, got, userNames, close: () => server.close() };
}

async function listening(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
