import { APP_ORIGIN } from "../../src-shared/ipc/index.ts";
import type { FileError } from "../../src-shared/node/vault-reader.ts";
import { parseByteRange } from "../../src-shared/playback/index.ts";
import type { MediaSource } from "./media-reader.ts";
import { streamMedia } from "./media-stream.ts";

/** A source together with its media type, and a callback for its faults. */
export type ServedMedia = {
  readonly source: MediaSource;
  readonly type: string;
  readonly onFault: (error: FileError) => void;
};

/** Finds the media of an opaque address. `undefined`: the address is not valid, or no longer valid. */
export type MediaLookup = (token: string) => Promise<ServedMedia | undefined>;

const HEADERS = {
  "Access-Control-Allow-Origin": APP_ORIGIN,
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Answers one request of the `vault:` scheme. A request with an origin other than ours is refused; one without an
 * origin comes from a media element, whose frame the session has checked (`hardenSession`).
 */
export async function answerMediaRequest(request: Request, lookup: MediaLookup): Promise<Response> {
  if ((request.headers.get("Origin") ?? APP_ORIGIN) !== APP_ORIGIN) return refuse(403);
  if (request.method !== "GET") return refuse(405);
  const media = await lookup(new URL(request.url).pathname.slice(1));
  if (!media) return refuse(404);
  const { source, type, onFault } = media;
  const range = parseByteRange(request.headers.get("Range"), source.size);
  const common = { ...HEADERS, "Accept-Ranges": "bytes", "Content-Type": type };
  switch (range.kind) {
    case "unsatisfiable":
      return new Response(null, { status: 416, headers: { ...common, "Content-Range": `bytes */${source.size}` } });
    case "whole": {
      const body = source.size === 0 ? null : streamMedia(source, 0, source.size - 1, onFault);
      return new Response(body, { status: 200, headers: { ...common, "Content-Length": String(source.size) } });
    }
    case "part": {
      const { start, end } = range;
      const headers = {
        ...common,
        "Content-Range": `bytes ${start}-${end}/${source.size}`,
        "Content-Length": String(end - start + 1),
      };
      return new Response(streamMedia(source, start, end, onFault), { status: 206, headers });
    }
  }
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: HEADERS });
}
