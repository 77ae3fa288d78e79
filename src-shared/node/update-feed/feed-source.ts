import { NETWORK_ERRORS } from "../../network.ts";
import type { Result } from "../../result.ts";
import type { Bytes } from "../../units.ts";

export const FETCH_ERRORS = [
  ...NETWORK_ERRORS,
  "NOT_FOUND",
  "TOO_LARGE",
  "TOO_SLOW",
  "UNSAFE_PATH",
  "CANCELLED",
] as const;
export type FetchError = (typeof FETCH_ERRORS)[number];

/** Receives the next bytes of a file. An error that it throws is passed on to the caller of `read`. */
export type Sink = (chunk: Uint8Array) => void | Promise<void>;

/** The source of a feed's files: a web server, a folder or a stick. Everything it returns is attacker-controlled. */
export type FeedSource = {
  /** The base addresses of the file names; for a folder they are only names. */
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** The same files, asked for past every cache on the way; absent where there are none. */
  readonly pastCaches?: FeedSource;
  /** Reads one file, never more than `maxBytes` of it, and returns its length. */
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
