import { err, ok, type Result } from "../../../../src-shared/result.ts";
import { type Bytes, KIB } from "../../../../src-shared/units.ts";
import { networkCodeOf, secretsOf, wordsOf } from "../../../server-words.ts";
import { type SendFailure, TIMEOUT_MS } from "./channel.ts";
import { retryAfterOf } from "./retry-after.ts";

const MAX_ANSWER: Bytes = 4 * KIB;

/** Posts JSON to a webhook. The error has the status, and what the server said. */
export async function postJson(
  url: string,
  body: object,
  signal: AbortSignal,
): Promise<Result<undefined, SendFailure>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      // A redirected POST would lose its body, or give it to a host that nobody has configured.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (response.ok) return (await response.body?.cancel(), ok(undefined));
    return err(await failureFrom(url, response));
  } catch (error) {
    return err({ problem: networkCodeOf(error), again: "soon", affects: "recipient" });
  }
}

async function failureFrom(url: string, response: Response): Promise<SendFailure> {
  const { status, headers } = response;
  const said = wordsOf(await beginningOf(response), secretsOf(url));
  const target = movedTo(url, headers.get("Location"));
  const words = target === undefined ? said : `moved to ${target}`;
  const problem = [`HTTP ${status}`, words].filter((part) => part !== "").join(" ");
  const retryAfterS = retryAfterOf(headers.get("Retry-After"), Date.now());
  const failure = { problem, affects: "recipient" } as const;
  if (!isTemporary(status)) return { ...failure, again: "never" };
  if (retryAfterS !== undefined) return { ...failure, again: "later", retryAfterS };
  return { ...failure, again: status === 429 ? "later" : "soon" };
}

/** 408 Request Timeout, 425 Too Early, 429 Too Many Requests, and what a server says of itself. */
function isTemporary(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Where a redirect leads: the host alone, because the path may be a secret. */
function movedTo(url: string, location: string | null): string | undefined {
  return location === null ? undefined : URL.parse(location, url)?.origin;
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    if (text.length >= MAX_ANSWER) break;
  }
  return text.slice(0, MAX_ANSWER);
}
