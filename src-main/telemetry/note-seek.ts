import type { SessionChange } from "../../src-shared/telemetry/index.ts";

/** Counts a request for media from a position other than the start: what the player requests after a seek. */
export function noteSeek(request: Request, response: Response, note: (change: SessionChange) => void): void {
  const [, start = "0"] = /^bytes=(\d+)-/.exec(request.headers.get("Range") ?? "") ?? [];
  if (Number(start) > 0) note({ kind: "operation", operation: "seek", succeeded: response.status === 206 });
}
