import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Batch,
  decodeLogs,
  ENROL_HEADER,
  ERASE_PATH,
  LOGS_PATH,
  METRICS_PATH,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import { isStatementOf } from "./statement-signature.ts";

/** What the server does with one batch. `lost answer`: it accepts the batch and then breaks the connection. */
export type ServerReply =
  | { readonly kind: "take" }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: "disconnect" }
  | { readonly kind: "lost answer" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "partial"; readonly refuse: number };

export type ReceivedRequest = {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
};

/**
 * A real receiver on the loopback. It reads batches as strictly as the product's server, keeps an event when its id
 * arrives for the first time, and records faults: one id with two contents, or two ids for one (session, seq).
 */
export async function startTelemetryServer(replyTo: (requestNumber: number) => ServerReply = () => ({ kind: "take" })) {
  const events = new Map<string, TelemetryEvent>();
  const refused = new Set<string>();
  const idsByPosition = new Map<string, string>();
  const requests: ReceivedRequest[] = [];
  const faults: string[] = [];
  const counts = { duplicates: 0, batches: 0, metrics: 0 };
  let deviceKey: Uint8Array | undefined;

  function accept({ events: arrived }: Batch, refuse = 0): number {
    // Only a record that is new here may be refused; a record that was accepted before stays accepted.
    const fresh = arrived.filter(({ id }) => !events.has(id) && !refused.has(id));
    for (const { id } of fresh.slice(0, refuse)) refused.add(id);
    for (const event of arrived) keep(event);
    return Math.min(refuse, fresh.length);
  }

  function keep(event: TelemetryEvent): void {
    const known = events.get(event.id);
    if (refused.has(event.id)) return;
    if (known) {
      counts.duplicates++;
      if (JSON.stringify(known) !== JSON.stringify(event))
        faults.push(`${event.id} arrived with two different contents`);
      return;
    }
    const position = `${event.session} ${event.seq}`;
    if (idsByPosition.has(position)) faults.push(`${position} arrived twice as new`);
    idsByPosition.set(position, event.id);
    events.set(event.id, event);
  }

  function isSigned({ path, headers, body }: ReceivedRequest): boolean {
    if (!deviceKey) return true;
    const at = Number(headers[SIGNED_AT_HEADER.toLowerCase()]);
    const signature = String(headers[SIGNATURE_HEADER.toLowerCase()] ?? "");
    return (
      headers[ENROL_HEADER.toLowerCase()] !== undefined &&
      isStatementOf(deviceKey, { ingest: url, at, path }, body, signature)
    );
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await wholeBody(request);
    if (!body) return;
    const received = { path: request.url ?? "", headers: request.headers, body };
    requests.push(received);
    if (!isSigned(received)) faults.push(`${received.path} is not signed`);
    if (received.path === ERASE_PATH) return end(response, 200);
    if (received.path === METRICS_PATH) {
      counts.metrics++;
      return end(response, 200);
    }
    const batch = received.path === LOGS_PATH ? decodeLogs(body) : undefined;
    if (!batch?.ok) {
      faults.push(`${received.path} is malformed`);
      return end(response, 400);
    }
    await answerBatch(batch.value, response, replyTo(++counts.batches));
  }

  async function answerBatch(batch: Batch, response: ServerResponse, now: ServerReply): Promise<void> {
    switch (now.kind) {
      case "take":
        accept(batch);
        return end(response, 200, "{}");
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, now.ms));
        accept(batch);
        return end(response, 200, "{}");
      case "status":
        return end(response, now.status, now.body, now.headers);
      case "disconnect":
        response.destroy();
        return;
      case "lost answer":
        accept(batch);
        response.destroy();
        return;
      case "partial": {
        const rejected = accept(batch, now.refuse);
        return end(response, 200, JSON.stringify({ partialSuccess: { rejectedLogRecords: String(rejected) } }));
      }
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    events,
    refused,
    requests,
    faults,
    counts,
    /** Requires from now on that every request is signed by this key. */
    expectSigned(publicKey: Uint8Array) {
      deviceKey = publicKey;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type TelemetryServer = Awaited<ReturnType<typeof startTelemetryServer>>;

function end(response: ServerResponse, status: number, body = "", headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end(body);
}

/** `undefined`: the sender disconnected before the body was complete. */
async function wholeBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
