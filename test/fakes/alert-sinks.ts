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

/** What a web server answers: a status code, or also headers and a body. */
export type WebhookAnswer =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A real web server that keeps the requests it receives. `answers` are its answers in order; after them, 200. */
export async function openWebhookSink(...answers: readonly WebhookAnswer[]): Promise<WebhookSink> {
  const got: { text: string }[] = [];
  const left = [...answers];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as { text: string };
    const next = left.shift() ?? 200;
    const { status, headers = {}, body: words = "" } = typeof next === "number" ? { status: next } : next;
    if (status === 200) got.push(body);
    response.writeHead(status, headers).end(words);
  }

  const port = await listening(server, "127.0.0.1");
  return { url: `http://127.0.0.1:${port}/secret-path`, got, close: () => void server.close() };
}

export type MailSinkOptions = {
  readonly host?: string;
  /** The server offers STARTTLS with this key and certificate, in PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What it answers to a recipient, such as `451 4.7.1 greylisted`; `undefined`: it takes the mail. */
  readonly refusal?: (address: string) => string | undefined;
  /** Whoever sends may do so without a name and a password. */
  readonly isOpen?: boolean;
};

const noMailbox = (address: string) => (address.startsWith("refused@") ? "550 no such mailbox" : undefined);

/**
 * A real SMTP server that keeps the mails it receives. It requires a name and a password, and refuses mail for
 * `refused@`.
 */
export async function openMailSink(options: MailSinkOptions = {}): Promise<MailSink> {
  const { host = "127.0.0.1", tls, refusal = noMailbox, isOpen = false } = options;
  const got: Mail[] = [];
  const userNames: string[] = [];
  const server = new SMTPServer({
    ...tls,
    disabledCommands: tls ? [] : ["STARTTLS"],
    authOptional: isOpen,
    allowInsecureAuth: true,
    onAuth: ({ username = "", password }, _session, done) => {
      userNames.push(username);
      done(password === "hunter2" ? null : new Error("no"), { user: username });
    },
    onRcptTo: ({ address }, _session, done) => {
      const [code = "", ...words] = refusal(address)?.split(" ") ?? [];
      done(code === "" ? null : Object.assign(new Error(words.join(" ")), { responseCode: Number(code) }));
    },
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
