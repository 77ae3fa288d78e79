import type { StatementAbout } from "../../src-shared/telemetry/index.ts";
import type { Milliseconds } from "../../src-shared/units.ts";

/** The only way in which telemetry leaves the app: a `POST`. */
export type PostPort = (request: {
  readonly url: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}) => Promise<PostResponse | undefined>;

/** `undefined` means that there was no response. */
export type PostResponse = {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The server's clock. */
  readonly date: string | null;
  /** Cut off at 64 KiB. */
  readonly body: Uint8Array;
};

/** Signs for this computer. `undefined`: its keychain is locked, or it has no key. */
export type SignPort = (about: StatementAbout, body: Uint8Array) => Promise<string | undefined>;

export type WaitPort = (ms: Milliseconds, signal: AbortSignal) => Promise<void>;
