import { err, ok, type Result } from "../../../../src-shared/result.ts";
import { codeOf, TIMEOUT_MS } from "./channel.ts";

/** Posts JSON to a webhook. The error is an HTTP status or a code. */
export async function postJson(url: string, body: object, signal: AbortSignal): Promise<Result<undefined, string>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? ok(undefined) : err(`HTTP ${response.status}`);
  } catch (error) {
    return err(codeOf(error));
  }
}
