// Makes the frozen lines of the log, one of each event with every field, and one of each phrase: `node
// test/vectors/make-logs.ts`. Collectors read these lines.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LogEventName, LogEvents } from "../../src-main/log/index.ts";
import { lineOf } from "../../src-main/log/line.ts";
import { testId } from "../fakes/test-keys.ts";

const AT = "2026-01-01T00:00:00.000Z";
const artefact = createHash("sha256").update("artefact").digest("hex");

const ONE_OF_EACH: LogEvents = {
  "app.started": { version: "0.1.0", electron: "40.0.0", roots: 5 },
  "app.unexpected": {
    source: "ipc",
    kind: "type",
    code: "ERR_INVALID_ARG_TYPE",
    frames: "handle:main.js:210:7 route:main.js:188:3",
    call: "license.import",
  },
  "vault.refused": { code: "UNTRUSTED", artefact },
  "license.refused": { code: "SIGNATURE_INVALID" },
  "pack.refused": { code: "PACK_UNTRUSTED" },
  "pack.written": { gen: 4 },
  "pack.not-swept": { code: "EIO" },
  "playback.fault": { video: testId("video lighthouse"), code: "DAMAGED" },
  "history.not-written": { code: "ENOSPC" },
  "ledger.opened": { state: "ready", gen: 3 },
  "ledger.repaired": { witness: "file", gen: 3 },
  "ledger.raised-by-stick": { gen: 4 },
  "ledger.started-over": { gen: 1 },
  "ledger.not-written": { code: "STATE_NOT_WRITTEN" },
  "ledger.no-copy": { code: "EROFS" },
  "keys.taken": { generation: 1, seq: 3 },
  "keys.refused": { code: "SIGNATURE_INVALID", artefact },
  "keys.not-kept": { code: "ENOSPC" },
  "revocations.not-kept": { code: "ENOSPC" },
  "revocations.refused": { code: "SIGNATURE_INVALID", artefact },
  "updates.refused": { code: "RELEASE_REPLAYED", artefact },
  "updates.held": { reason: "NOT_IN_SHARE" },
  "updates.ready": { version: "2.0.0", move: "forward" },
  "updates.purged": { version: "2.0.0" },
  "updates.installing": { version: "2.0.0", move: "forward" },
  "ipc.sender-refused": { call: "license.import" },
  "ipc.refused": { call: "license.import", code: "BAD_REQUEST" },
  "telemetry.not-kept": { code: "ENOSPC" },
  "telemetry.purged": {},
  "telemetry.erased": {},
  "process.gone": { process: "gpu", reason: "crashed" },
  "log.full": { bytes: 4_194_304 },
};

export function makeLogLines(): string {
  const names = Object.keys(ONE_OF_EACH) as LogEventName[];
  const lines = [
    ...names.map((name) => lineOf(AT, name, ONE_OF_EACH[name])),
    // A normal entry, a rollback, a fault without a phrase, and an id that happens to equal a phrase.
    lineOf(AT, "license.refused", { code: "EXPIRED" }),
    lineOf(AT, "license.refused", { code: "ROLLED_BACK" }),
    lineOf(AT, "license.refused", { code: "STATE_NOT_WRITTEN" }),
    lineOf(AT, "playback.fault", { video: "abcderrorfghijklmnopqrstuv", code: "REMOVED" }),
  ];
  return `${lines.join("\n")}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "frozen", "logs.jsonl"), makeLogLines());
