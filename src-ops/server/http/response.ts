/** What a request gets. The sender decides by the status alone (docs/formats/telemetry.md, Answers). */
export type HttpResponse = {
  readonly status: number;
  readonly body?: object;
  /** Instead of JSON: for people's browsers. */
  readonly text?: { readonly type: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
};

export const OK_RESPONSE: HttpResponse = { status: 200, body: {} };

export function errorResponse(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, body: { code }, headers };
}

/** What was not kept because of the database may come again after so long. */
export const RETRY_SECONDS = 30;

export function retryLater(status: 429 | 503, code: string, seconds: number): HttpResponse {
  return errorResponse(status, code, { "Retry-After": String(seconds) });
}
