import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSegment, parseSegmentName } from "../../src-main/telemetry/segment.ts";
import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { parseTrustRoot, verifyEd25519 } from "../../src-shared/jws/index.ts";
import { decodeLogs, parseEnrolment, statementOf } from "../../src-shared/telemetry/index.ts";
import { NOW } from "../fakes/issuer.ts";
import { FROZEN } from "./make.ts";
import { makeLogLines } from "./make-logs.ts";
import { makeTelemetryVectors } from "./make-telemetry.ts";

const text = (name: string) => readFileSync(join(FROZEN, name), "utf8");
const vector = JSON.parse(text("telemetry-signed.json")) as {
  ingest: string;
  enrolmentIssuer: object;
  requests: { path: string; headers: Record<string, string>; body: string }[];
  events: string[];
  segment: { name: string; content: string };
};

describe("the frozen telemetry (docs/formats/telemetry.md)", () => {
  it("is what the code produces today", () => {
    for (const [name, content] of Object.entries(makeTelemetryVectors())) {
      expect(JSON.parse(content), name).toEqual(JSON.parse(text(name)));
    }
  });

  it("is signed by the enrolled computer, each request for its own path and body", () => {
    const root = parseTrustRoot(utf8(JSON.stringify(vector.enrolmentIssuer)));
    if (!root.ok) throw new Error(root.error);
    expect(vector.requests.map(({ path }) => path)).toEqual(["/v1/logs", "/v1/metrics", "/erase"]);
    for (const { path, headers, body } of vector.requests) {
      const enrolment = parseEnrolment(headers["UVV-Enrol"] ?? "", [root.value], NOW);
      if (!enrolment.ok) throw new Error(enrolment.error);
      const key = fromBase64url(enrolment.value.claims.ed25519)!;
      const signature = fromBase64url(headers["UVV-Signature"] ?? "")!;
      const about = { ingest: vector.ingest, at: Number(headers["UVV-Signed-At"]), path };
      expect(verifyEd25519(key, statementOf(about, utf8(body)), signature)).toBe(true);
      for (const other of [{ path: "/other" }, { ingest: "https://other.example.org" }, { at: about.at + 1 }])
        expect(verifyEd25519(key, statementOf({ ...about, ...other }, utf8(body)), signature)).toBe(false);
    }
  });

  it("holds the same events in the batch and in the queue on disk", () => {
    const events = vector.events.map((event) => JSON.parse(event) as object);
    expect(decodeLogs(utf8(vector.requests[0]?.body ?? ""))).toMatchObject({ ok: true, value: { events } });
    expect(parseSegment(Buffer.from(vector.segment.content))).toEqual({ events, corrupted: 0 });
    expect(parseSegmentName(vector.segment.name)).toEqual({ number: 7, born: NOW, lane: "b" });
  });
});

describe("the frozen log (docs/formats/logs.md)", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/formats/logs.md"), "utf8");
  const lines = text("logs.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("is what the code writes today, byte for byte", () => {
    expect(makeLogLines()).toBe(text("logs.jsonl"));
  });

  it("contains every event of the page with the fields that the page names, and no other", () => {
    const rows = [...page.matchAll(/^\| `([a-z.-]+)` +\| ([^|]*?) *\|/gm)].map(([, event, fields = ""]) => {
      return [event, [...fields.matchAll(/`([a-zA-Z]+)`/g)].map(([, field]) => field)];
    });
    const common = new Set(["at", "event", "level", "phrase"]);
    const first = new Map<unknown, unknown>();
    for (const { event, ...line } of lines) {
      if (!first.has(event))
        first.set(
          event,
          Object.keys(line).filter((field) => !common.has(field)),
        );
    }
    expect(Object.fromEntries(first) as object).toEqual(Object.fromEntries(rows) as object);
  });
});
