import type { Milliseconds } from "../../src-shared/units.ts";

/** The one way out: a `POST`. */
export type PostPort = (request: {
  readonly url: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}) => Promise<PostAnswer | undefined>;

/** `undefined` instead of it: no answer. */
export type PostAnswer = {
  readonly status: number;
  readonly retryAfter: string | null;
  /** Cut off at 64 KiB. */
  readonly body: Uint8Array;
};

/** Signs for this computer. `undefined`: its keychain is locked, or it has no key. */
export type SignPort = (path: string, body: Uint8Array) => Promise<string | undefined>;

export type WaitPort = (ms: Milliseconds, signal: AbortSignal) => Promise<void>;
