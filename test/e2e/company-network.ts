import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type Server } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The only host of this network. No name server knows it: a client reaches it through the proxy or not at all. */
export const HOST = "updates.example.test";
const DAYS = 20;

export type Certificate = { readonly key: Buffer; readonly cert: Buffer };

/** Certificates by openssl, and the database in which a company's root is installed on Linux. */
export class Certificates {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    this.openssl("req", "-x509", ...this.newKey("root"), "-subj", "/CN=Company Root", ...extensions("CA:TRUE"));
  }

  /** A certificate that the company's root has signed. */
  issue(name: string, host: string, days = DAYS): Certificate {
    const dates = ["-days", `${days}`];
    this.openssl("req", ...this.newKey(name, "csr"), "-subj", `/CN=${host}`);
    writeFileSync(this.path("ext"), `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\n`);
    const root = ["-CA", this.path("root.pem"), "-CAkey", this.path("root.key"), "-extfile", this.path("ext")];
    this.openssl("x509", "-req", "-in", this.path(`${name}.csr`), ...root, ...dates, "-out", this.path(`${name}.pem`));
    return this.read(name);
  }

  /** A certificate that nobody has signed. */
  selfMade(name: string): Certificate {
    const host = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
    this.openssl("req", "-x509", ...this.newKey(name), ...host, "-days", `${DAYS}`);
    return this.read(name);
  }

  /** A home folder in whose certificate database the company's root is trusted. */
  homeThatTrustsRoot(name: string): string {
    const home = this.path(name);
    const database = join(home, ".pki", "nssdb");
    mkdirSync(database, { recursive: true });
    execFileSync("certutil", ["-N", "-d", `sql:${database}`, "--empty-password"]);
    const root = ["-n", "company", "-t", "C,,", "-i", this.path("root.pem")];
    execFileSync("certutil", ["-A", "-d", `sql:${database}`, ...root]);
    return home;
  }

  private newKey(name: string, out = "pem"): string[] {
    const files = ["-keyout", this.path(`${name}.key`), "-out", this.path(`${name}.${out}`)];
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", ...files];
  }

  private read(name: string): Certificate {
    return { key: readFileSync(this.path(`${name}.key`)), cert: readFileSync(this.path(`${name}.pem`)) };
  }

  private path(name: string): string {
    return join(this.folder, name);
  }

  private openssl(...args: string[]): void {
    execFileSync("openssl", args, { stdio: "ignore" });
  }
}

function extensions(basic: string): string[] {
  return [
    "-days",
    `${DAYS}`,
    "-addext",
    `basicConstraints=critical,${basic}`,
    "-addext",
    "keyUsage=critical,keyCertSign",
  ];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server with https, reached through a proxy that can demand a login. Both stop when the test ends. */
export async function openCompanyNetwork(certificate: Certificate, answer: Answer) {
  const network = {
    answer,
    /** What the proxy demands instead of opening a tunnel. */
    demands: undefined as string | undefined,
    /** What the proxy has seen: the targets of all requests, and their headers. */
    targets: new Set<string>(),
    headers: [] as IncomingHttpHeaders[],
    proxy: "",
    /** Closes every connection, so that the next request begins anew, with another certificate if one is given. */
    reconnect(next?: Certificate) {
      if (next) server.setSecureContext(next);
      for (const socket of sockets) socket.destroy();
    },
  };
  const sockets = new Set<Socket>();
  const server = createSecureServer(certificate, (request, response) => network.answer(request, response));
  const port = await listen(server);
  const proxy = createServer((request, response) => {
    note(request);
    response.writeHead(400).end();
  });
  proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
    note(request);
    track(socket);
    const { demands } = network;
    if (demands !== undefined)
      socket.end(refusal("407 Proxy Authentication Required", `Proxy-Authenticate: ${demands}`));
    else if (request.url === `${HOST}:443`) openTunnel(socket);
    else socket.end(refusal("502 Bad Gateway"));
  });
  network.proxy = `http://127.0.0.1:${await listen(proxy)}`;
  onTestFinished(() => {
    network.reconnect();
    for (const one of [server, proxy]) {
      one.closeAllConnections();
      one.close();
    }
  });
  return network;

  function openTunnel(socket: Socket): void {
    const tunnel = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    track(tunnel);
  }

  function note({ url = "", headers }: IncomingMessage): void {
    network.targets.add(url);
    network.headers.push(headers);
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  }
}

function refusal(status: string, ...headers: string[]): string {
  return [`HTTP/1.1 ${status}`, ...headers, "Content-Length: 0", "", ""].join("\r\n");
}

async function listen(server: Server | ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}
