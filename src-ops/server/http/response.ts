/** What a request gets. The sender decides by the status alone (docs/formats/telemetry.md, Answers). */
export type Answer = {
  readonly status: number;
  readonly body?: object;
  /** Instead of JSON: for people's browsers. */
  readonly text?: { readonly type: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
};

export const DONE: Answer = { status: 200, body: {} };

export function refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: { code }, headers };
}

/** What was not kept because of the database may come again after so long. */
export const RETRY_SECONDS = 30;

export function waitFor(status: 429 | 503, code: string, seconds: number): Answer {
  return refusal(status, code, { "Retry-After": String(seconds) });
}
