import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Finished } from "./temporary-folder.ts";

export type FeedServer = {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** The requested paths, in order. */
  readonly requestedPaths: string[];
  /** Answers some requests itself; returns true if it did. */
  answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
};

/** A real web server on a free loopback port that serves files from memory; it stops when the test ends. */
export async function serveFeed(
  files: ReadonlyMap<string, Uint8Array>,
  finished: Finished = onTestFinished,
): Promise<FeedServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    feed.requestedPaths.push(path);
    if (feed.answer?.(request, response)) return;
    const content = files.get(path);
    response.writeHead(content ? 200 : 404, { "content-length": content?.length ?? 0 });
    response.end(content);
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const feed: FeedServer = { origin: `http://127.0.0.1:${port}`, requestedPaths: [], answer: undefined };
  finished(
    () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  return feed;
}
