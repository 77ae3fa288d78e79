import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ANY_PHRASE, type LogEventName, type LogEvents, openLog } from "../../../src-main/log/index.ts";
import { PACK_PROBLEMS, PLAYBACK_FAULTS, VAULT_PROBLEMS } from "../../../src-shared/ipc/index.ts";
import { REFUSAL_CODES } from "../../../src-shared/license/index.ts";
import { HOLD_REASONS, UPDATE_PROBLEMS, type UpdateProblem } from "../../../src-shared/updates/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

const NONE = "";
const ERROR = "ERROR";
const SIGNATURE = "ERROR, Signature invalide";
const HASH = "a".repeat(64);
const ROLLBACK = "ERROR, Anti-rollback";

type Samples = { readonly [N in LogEventName]: readonly (readonly [fields: LogEvents[N], phrases: string])[] };

// Every event of the app with every code it can have: a missing one does not compile.
const SAMPLES: Samples = {
  "app.started": [[{ version: "1.2.3", electron: "42.0.0", roots: 3 }, NONE]],
  "app.unexpected": [
    [
      { source: "ipc", kind: "type", code: "", frames: "judge:main.js:12:3 enter:main.js:40:9", call: "catalog.list" },
      ERROR,
    ],
    [{ source: "vault-watch", kind: "plain", code: "EIO", frames: "" }, ERROR],
  ],
  "vault.refused": VAULT_PROBLEMS.map((code) => [{ code }, phrasesOfProblem(code)]),
  "license.refused": REFUSAL_CODES.map((code) => [{ code }, phrasesOfRefusal(code)]),
  "pack.refused": PACK_PROBLEMS.map((code) => [{ code }, phrasesOfPack(code)]),
  "pack.written": [[{ gen: 4 }, NONE]],
  "pack.not-swept": [[{ code: "EIO" }, NONE]],
  "playback.fault": PLAYBACK_FAULTS.map((code) => [
    { video: testId("video"), code },
    code === "REMOVED" ? NONE : ERROR,
  ]),
  "history.not-written": [[{ code: "ENOSPC" }, ERROR]],
  "ledger.opened": (["ready", "fresh", "STORE_LOCKED", "STORE_NONE", "STATE_LOST"] as const).map((state) => [
    { state, gen: 3 },
    NONE,
  ]),
  "ledger.repaired": (["keychain", "file", "stick"] as const).map((witness) => [{ witness, gen: 3 }, NONE]),
  "ledger.raised-by-stick": [[{ gen: 3 }, NONE]],
  "ledger.started-over": [[{ gen: 1 }, NONE]],
  "ledger.not-written": (["STORE_LOCKED", "STORE_NONE", "STATE_LOST", "STATE_NOT_WRITTEN"] as const).map((code) => [
    { code },
    ERROR,
  ]),
  "ledger.no-copy": [[{ code: "EROFS" }, NONE]],
  "keys.taken": [[{ generation: 1, seq: 4 }, NONE]],
  "keys.refused": (["MALFORMED", "KEY_UNKNOWN", "SIGNATURE_INVALID"] as const).map((code) => [
    { code },
    code === "SIGNATURE_INVALID" ? SIGNATURE : NONE,
  ]),
  "keys.not-kept": [[{ code: "ENOSPC" }, ERROR]],
  "revocations.refused": [
    [{ code: "SIGNATURE_INVALID", artefact: HASH }, SIGNATURE],
    [{ code: "KEY_UNKNOWN", artefact: HASH }, NONE],
  ],
  "revocations.not-kept": [[{ code: "ENOSPC" }, ERROR]],
  "updates.refused": UPDATE_PROBLEMS.map((code) => [{ code }, phrasesOfUpdate(code)]),
  "updates.held": HOLD_REASONS.map((reason) => [{ reason }, NONE]),
  "updates.ready": [[{ version: "2.0.0", move: "forward" }, NONE]],
  "updates.purged": [[{ version: "2.0.0" }, NONE]],
  "updates.installing": [[{ version: "2.0.0", move: "rollback" }, NONE]],
  "ipc.sender-refused": [[{ call: "license.import" }, ERROR]],
  "ipc.refused": (["BAD_REQUEST", "INTERNAL"] as const).map((code) => [{ call: "license.import", code }, ERROR]),
  "telemetry.not-kept": [[{ code: "ENOSPC" }, ERROR]],
  "telemetry.purged": [[{}, NONE]],
  "telemetry.erased": [[{}, NONE]],
  "process.gone": [[{ process: "gpu", reason: "crashed" }, ERROR]],
  "log.full": [[{ bytes: 5 }, NONE]],
};

function phrasesOfPack(code: (typeof PACK_PROBLEMS)[number]): string {
  if (code === "PACK_UNTRUSTED" || code === "PACK_DAMAGED") return SIGNATURE;
  if (code === "PACK_OLDER") return ROLLBACK;
  return code === "PACK_NOT_WRITTEN" || code === "PACK_HELD" ? ERROR : NONE;
}

function phrasesOfProblem(code: (typeof VAULT_PROBLEMS)[number]): string {
  if (code === "UNTRUSTED") return SIGNATURE;
  return code === "KEYS_LOST" ? ROLLBACK : NONE;
}

function phrasesOfUpdate(code: UpdateProblem): string {
  if (["SIGNATURE_INVALID", "UNSOUND_KEYS", "MISMATCH"].includes(code)) return SIGNATURE;
  if (/REPLAYED|ROLLED_BACK|STATE_LOST/.test(code)) return ROLLBACK;
  return /NOT_WRITTEN|DISK_FULL|NOT_INSTALLED|CLOCK_NOT_HONOURED/.test(code) ? ERROR : NONE;
}

function phrasesOfRefusal(code: (typeof REFUSAL_CODES)[number]): string {
  if (code === "SIGNATURE_INVALID") return SIGNATURE;
  if (code === "ROLLED_BACK" || code === "STATE_LOST") return ROLLBACK;
  return code === "STATE_NOT_WRITTEN" ? ERROR : NONE;
}

const CASES = (Object.keys(SAMPLES) as LogEventName[]).flatMap((event) =>
  SAMPLES[event].map(([fields, phrases]) => [event, fields, phrases] as const),
);

const DAY_ONE = new Date("2026-01-01T12:00:00Z");

/** The content of the log after one event. */
async function logged<N extends LogEventName>(event: N, fields: LogEvents[N]): Promise<string> {
  const folder = temporaryFolder();
  const log = openLog(folder, () => DAY_ONE);
  log(event, fields);
  await log.flush();
  return readFileSync(join(folder, "2026-01-01.log"), "utf8");
}

describe("a line of the log", () => {
  it.each(CASES)("%s %j contains %j and no other phrase", async (event, fields, phrases) => {
    const line = await logged(event, fields);
    for (const phrase of ["ERROR", "Signature invalide", "Anti-rollback"]) {
      const expected = phrases.split(", ").includes(phrase);
      expect(line.includes(phrase), phrase).toBe(expected);
      // Compared as collectors do: ignoring case.
      expect(line.toLowerCase().split(phrase.toLowerCase()).length - 1, phrase).toBe(expected ? 1 : 0);
    }
    if (phrases === NONE) expect(line).not.toMatch(ANY_PHRASE);
  });

  it.each(CASES)("%s %j is one line of JSON with its time, its event and its fields", async (event, fields) => {
    const line = await logged(event, fields);
    expect(line).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(line)).toMatchObject({ at: "2026-01-01T12:00:00.000Z", event, ...fields });
  });

  it("withholds a value that contains a phrase by chance", async () => {
    const video = `abcderrorz${testId("x").slice(10)}`;
    const line = await logged("playback.fault", { video, code: "REMOVED" });
    expect(line).not.toMatch(ANY_PHRASE);
    expect(JSON.parse(line)).toMatchObject({ video: "withheld", code: "REMOVED" });
    expect(await logged("app.started", { version: "1.0.0-Anti-Rollback", electron: "", roots: 0 })).not.toMatch(
      ANY_PHRASE,
    );
  });
});

describe("log files", () => {
  const limits = { days: 3, totalBytes: 4000, dayBytes: 1000 };
  const fill = (folder: string, names: readonly string[], bytes: number) => {
    mkdirSync(folder, { recursive: true });
    for (const name of names) writeFileSync(join(folder, name), "x".repeat(bytes));
  };

  it("are one per day, named by its date", async () => {
    const folder = join(temporaryFolder(), "logs");
    let at = DAY_ONE;
    const log = openLog(folder, () => at, limits);
    log("log.full", { bytes: 1 });
    at = new Date("2026-01-02T00:00:00Z");
    log("log.full", { bytes: 2 });
    await log.flush();
    expect(readdirSync(folder).toSorted()).toEqual(["2026-01-01.log", "2026-01-02.log"]);
    expect(readFileSync(join(folder, "2026-01-02.log"), "utf8")).toContain('"bytes":2');
  });

  it("are removed after a number of days, and nothing else is", async () => {
    const folder = temporaryFolder();
    const old = ["2025-12-28.log", "2025-12-29.log", "2025-12-30.log", "2025-12-31.log"];
    fill(folder, [...old, "notes.txt", "2025-12-01.log.bak"], 10);
    const log = openLog(folder, () => DAY_ONE, limits);
    log("log.full", { bytes: 1 });
    await log.flush();
    expect(readdirSync(folder).toSorted()).toEqual([
      "2025-12-01.log.bak",
      "2025-12-29.log",
      "2025-12-30.log",
      "2025-12-31.log",
      "2026-01-01.log",
      "notes.txt",
    ]);
  });

  it("are removed, oldest first, if their total size is too large", async () => {
    const folder = temporaryFolder();
    fill(folder, ["2025-12-30.log", "2025-12-31.log"], 3000);
    const log = openLog(folder, () => DAY_ONE, limits);
    log("log.full", { bytes: 1 });
    await log.flush();
    expect(readdirSync(folder).toSorted()).toEqual(["2025-12-31.log", "2026-01-01.log"]);
  });

  it("stop growing for the day at their limit, and log that once", async () => {
    const folder = temporaryFolder();
    let at = DAY_ONE;
    const log = openLog(folder, () => at, limits);
    for (let i = 0; i < 50; i++) log("ledger.started-over", { gen: i });
    await log.flush();
    const lines = readFileSync(join(folder, "2026-01-01.log"), "utf8").trimEnd().split("\n");
    expect(lines.filter((line) => line.includes("log.full"))).toHaveLength(1);
    expect(lines.at(-1)).toContain("log.full");
    expect(lines.join("\n").length).toBeLessThan(1200);
    at = new Date("2026-01-02T00:00:00Z");
    log("ledger.started-over", { gen: 1 });
    await log.flush();
    expect(existsSync(join(folder, "2026-01-02.log"))).toBe(true);
  });

  it("do not stop the app when they cannot be written", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "logs"), "in the way");
    const log = openLog(join(folder, "logs"), () => DAY_ONE, limits);
    log("log.full", { bytes: 1 });
    await expect(log.flush()).resolves.toBeUndefined();
  });
});
