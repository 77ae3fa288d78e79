import type { Result } from "../../result.ts";
import type { Bytes } from "../../units.ts";

export const FETCH_ERRORS = [
  "NOT_FOUND",
  "UNREACHABLE",
  "TOO_LARGE",
  "TOO_SLOW",
  "REDIRECTED",
  "UNSAFE_PATH",
  "CANCELLED",
] as const;
export type FetchError = (typeof FETCH_ERRORS)[number];

/** Takes the next bytes of a file. What it throws comes back to whoever reads. */
export type Sink = (chunk: Uint8Array) => void | Promise<void>;

/** Where a feed's files come from: a web server, a folder or a stick. Everything it gives is attacker-controlled. */
export type FeedSource = {
  /** The addresses that file names are appended to; in a folder they are only names. */
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** Reads one file, never more than `maxBytes` of it, and gives how long it was. */
  readonly read: (url: URL, maxBytes: Bytes, sink: Sink, signal: AbortSignal) => Promise<Result<Bytes, FetchError>>;
};

/** A whole file in memory. */
export async function readAll(
  source: FeedSource,
  url: URL,
  maxBytes: Bytes,
  signal: AbortSignal,
): Promise<Result<Buffer, FetchError>> {
  const chunks: Uint8Array[] = [];
  const read = await source.read(url, maxBytes, (chunk) => void chunks.push(chunk), signal);
  return read.ok ? { ok: true, value: Buffer.concat(chunks) } : read;
}
