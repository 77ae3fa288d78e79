import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { projectRoot } from "../../build/electron-runtime.ts";
import { parseLaunchOptions } from "../../src-main/app/launch-options.ts";
import { refusedSwitch } from "../../src-main/app/allowed-switches.ts";
import { parseEntry, parseFile } from "../../src-main/ledger/formats.ts";
import { incomingOf } from "../../src-main/links/incoming.ts";
import { parseSegment, parseSegmentName } from "../../src-main/telemetry/segment.ts";
import { parseRingTargets } from "../../src-ops/gates/ring-targets.ts";
import { parseValidation, parseVerdict } from "../../src-ops/gates/verdict.ts";
import { decodeRoot, decodeSnapshot, decodeTargets, decodeTimestamp } from "../../src-ops/feed/metadata.ts";
import { decode } from "../../src-ops/feed/load-feed.ts";
import { parseDuration, parseMoment } from "../../src-ops/calendar.ts";
import { parseBatch } from "../../src-ops/licenses/batch-rows.ts";
import { parseCsv, textOfTable } from "../../src-ops/records/csv.ts";
import { parseCustomers } from "../../src-ops/records/customer-table.ts";
import { parseTextTrack } from "../../src-ops/packing/read-text-track.ts";
import { parseWebVtt } from "../../src-ops/packing/webvtt.ts";
import { parseCalendar } from "../../src-ops/server/alerts/on-call/calendar.ts";
import { parseMailAddress } from "../../src-ops/mail/index.ts";
import { parseScenario } from "../../src-ops/simulator/scenario-file.ts";
import { type Json, parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { fromUtf8, utf8 } from "../../src-shared/encoding/text.ts";
import {
  mountOf,
  normalVolume,
  parseDiskutil,
  parseMachineGuid,
  parsePartition,
  parsePlatformUuid,
  parseUsbSerial,
} from "../../src-shared/hardware/index.ts";
import {
  applyKeyManifest,
  decodeUnverifiedJws,
  KeyManifestClaims,
  parseKeyManifest,
  parseTrustRoot,
} from "../../src-shared/jws/index.ts";
import { removableMounts } from "../../src-shared/node/mounted-roots.ts";
import { parseRecord } from "../../src-shared/ledger/index.ts";
import {
  parseActivationRequest,
  parseLicenseLink,
  parseReturnProof,
  parseRevocations,
  RETURN_TYP,
  verifyLicense,
} from "../../src-shared/license/index.ts";
import { RevocationClaims } from "../../src-shared/license/revocation.ts";
import { LicenseClaims } from "../../src-shared/license/schema.ts";
import { parseByteRange } from "../../src-shared/playback/index.ts";
import { decodeLogs, decodeRecords, parseEnrolment, parseTelemetryEvent } from "../../src-shared/telemetry/index.ts";
import {
  parseBuildFile,
  parseGeneration,
  parseHalts,
  parseRelease,
  parseReleaseNotes,
  parseSecurity,
} from "../../src-shared/updates/index.ts";
import { parseCatalog } from "../../src-shared/vault/index.ts";
import {
  DEVICE,
  LICENSE_ID,
  licenseClaims,
  licenseToken,
  NOW,
  requestToken,
  revocationToken,
  ROOTS,
  signToken,
} from "../fakes/issuer.ts";
import { FILM_TARGETS } from "./film-targets.ts";
import { EDITED_FILE_TARGETS } from "./edited-file-targets.ts";
import { KEY_TARGETS } from "./key-targets.ts";
import { STICK_TARGETS } from "./stick-targets.ts";
import { testKey, testKeyFile, testSeed } from "../fakes/test-keys.ts";

/**
 * A parser of foreign bytes. It fails if it throws: whatever the bytes are, the answer is a value. What is behind a
 * signature is fuzzed below it, as a signed document of a thief would arrive there.
 */
export type FuzzTarget = {
  readonly name: string;
  readonly run: (bytes: Uint8Array) => unknown;
  /** Inputs that it accepts, to begin with. */
  readonly seeds: readonly Uint8Array[];
};

const read = (...path: string[]) => readFileSync(join(projectRoot, "test", ...path));
const vector = (name: string) =>
  JSON.parse(read("vectors", "frozen", name).toString("utf8")) as Record<string, unknown>;

/** A parser of text gets only what decoding lets through. */
function text(parse: (given: string) => unknown): (bytes: Uint8Array) => unknown {
  return (bytes) => {
    const decoded = fromUtf8(bytes);
    return decoded === undefined ? undefined : parse(decoded);
  };
}

function schema(shape: v.GenericSchema): (bytes: Uint8Array) => unknown {
  return json((value) => v.safeParse(shape, value));
}

function json(parse: (value: Json) => unknown): (bytes: Uint8Array) => unknown {
  return (bytes) => {
    const parsed = parseStrictJson(bytes);
    return parsed.ok ? parse(parsed.value) : undefined;
  };
}

const device = testKey("device", "device");
const asJson = (...values: unknown[]) => values.map((value) => utf8(JSON.stringify(value)));
const feed = vector("feed.json") as { files: Record<string, unknown> };
const feedFiles = (part: RegExp) =>
  Object.entries(feed.files)
    .filter(([path]) => part.test(path))
    .map(([, content]) => utf8(typeof content === "string" ? content : JSON.stringify(content)));
const recorded = (...names: string[]) => names.map((name) => read("shared", "hardware", "recorded", name));
const promotion = vector("promotion.json");
const logs = read("vectors", "frozen", "telemetry-logs.json");

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...FILM_TARGETS,
  ...EDITED_FILE_TARGETS,
  ...KEY_TARGETS,
  ...STICK_TARGETS,
  { name: "strict-json", run: parseStrictJson, seeds: asJson({ a: [1, "b", null, true, { c: -0.5e3 }] }) },
  { name: "license", run: text((given) => verifyLicense(given, ROOTS)), seeds: [utf8(licenseToken())] },
  { name: "license-claims", run: schema(LicenseClaims), seeds: asJson(licenseClaims()) },
  { name: "request", run: text(parseActivationRequest), seeds: [utf8(requestToken())] },
  { name: "revocations", run: text((given) => parseRevocations(given, ROOTS)), seeds: [utf8(revocationToken())] },
  {
    name: "revocation-claims",
    run: schema(RevocationClaims),
    seeds: asJson({ v: 1, seq: 1, iat: NOW, licenses: [], keys: ["a"] }),
  },
  {
    name: "key-manifest",
    run: text((given) => applyKeyManifest(ROOTS, given, { generation: 0, sequence: 0 })),
    seeds: [utf8(licenseToken())],
  },
  { name: "key-manifest-claims", run: schema(KeyManifestClaims), seeds: asJson({ v: 1, seq: 1, iat: NOW, keys: [] }) },
  {
    name: "key-manifest-token",
    run: text((given) => parseKeyManifest(given, ROOTS)),
    seeds: [utf8(licenseToken())],
  },
  {
    name: "return-proof",
    run: text((given) => parseReturnProof(given, device.root.publicKey)),
    seeds: [utf8(signToken(RETURN_TYP, { v: 1, lid: LICENSE_ID, seq: 5, device: DEVICE, iat: NOW }, device))],
  },
  {
    name: "telemetry-event",
    run: json(parseTelemetryEvent),
    seeds: asJson({ id: "a", seq: 1, at: NOW, kind: "crash", process: "main" }),
  },
  { name: "role-generation", run: json((value) => parseGeneration({ "uvv:generation": value })), seeds: asJson(1) },
  { name: "keychain-entry", run: text(parseEntry), seeds: [utf8(`${"A".repeat(43)}.${"A".repeat(80)}`)] },
  {
    name: "sealed-ledger",
    run: text((given) => parseFile(testSeed("seal"), given)),
    seeds: [utf8("A".repeat(80))],
  },
  { name: "segment-name", run: text(parseSegmentName), seeds: [utf8("000000000001.0.a.seg")] },
  {
    name: "mail-address",
    run: text(parseMailAddress),
    seeds: [utf8('"On call" <a@b.example>'), utf8("root@localhost")],
  },
  {
    name: "calendar",
    run: text((given) => {
      const calendar = parseCalendar(given, "Europe/Paris");
      if (calendar.ok) calendar.value.textsAt(NOW * 1_000);
    }),
    seeds: [
      utf8(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Ann\r\nDTSTART;TZID=Europe/Paris:20261005T180000\r\n" +
          "DURATION:PT2H\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\nEXDATE:20261013T160000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
      ),
    ],
  },
  { name: "duration", run: text(parseDuration), seeds: [utf8("6m"), utf8("P1Y6M")] },
  { name: "moment", run: text(parseMoment), seeds: [utf8("2027-03-31T18:00+02:00"), utf8("1806537599")] },
  {
    name: "customers",
    run: (bytes) => parseCustomers(textOfTable(bytes)),
    seeds: [utf8("number;name;mail\n17;Ann;a@b.example\n"), utf8("sep=;\nn\u00b0;nom\n17;Ann")],
  },
  {
    name: "license-batch",
    run: text((given) => parseBatch(given, { folder: "/", outDir: "/", graceDays: 7, minApp: "0.1.0", now: 0 })),
    seeds: [utf8("for,days\nC-1,30\n")],
  },
  {
    name: "trust-root",
    run: parseTrustRoot,
    seeds: asJson(testKeyFile(ROOTS[0] as Parameters<typeof testKeyFile>[0])),
  },
  { name: "unverified-token", run: text(decodeUnverifiedJws), seeds: [utf8(licenseToken())] },
  {
    name: "catalog",
    run: json(parseCatalog),
    seeds: asJson({
      v: 2,
      sections: [{ title: "Ports", description: "Three ports.\nOne day." }],
      videos: [
        {
          description: "At dawn.",
          section: 0,
          id: "a".repeat(26),
          title: "Harbour",
          durationSeconds: 30,
          width: 640,
          height: 360,
          type: "video/mp4",
          codecs: ["avc1.64001f"],
          added: NOW,
          file: { id: "b".repeat(26), bytes: 1, key: "A".repeat(80) },
          poster: { id: "c".repeat(26), bytes: 1, key: "A".repeat(80), type: "image/jpeg" },
          subtitles: [{ id: "d".repeat(26), bytes: 1, key: "A".repeat(80), language: "en", label: "English" }],
          chapters: [{ startSeconds: 0, title: "Start" }],
        },
      ],
    }),
  },
  { name: "release", run: (bytes) => parseRelease(bytes, "ga"), seeds: feedFiles(/release/) },
  { name: "halts", run: (bytes) => parseHalts(bytes, "ga"), seeds: feedFiles(/halt/) },
  { name: "security", run: parseSecurity, seeds: feedFiles(/security|revocations/) },
  { name: "release-notes", run: parseReleaseNotes, seeds: feedFiles(/notes/) },
  {
    name: "build-file",
    run: json((value) => parseBuildFile("builds/b/app.deb", value)),
    seeds: asJson({ buildId: "b" }),
  },
  { name: "feed-root", run: (bytes) => decode(Buffer.from(bytes), decodeRoot), seeds: feedFiles(/root/) },
  {
    name: "feed-timestamp",
    run: (bytes) => decode(Buffer.from(bytes), decodeTimestamp),
    seeds: feedFiles(/timestamp/),
  },
  { name: "feed-snapshot", run: (bytes) => decode(Buffer.from(bytes), decodeSnapshot), seeds: feedFiles(/snapshot/) },
  {
    name: "feed-targets",
    run: (bytes) => decode(Buffer.from(bytes), decodeTargets),
    seeds: feedFiles(/targets|ga|ring/),
  },
  { name: "ring-targets", run: parseRingTargets, seeds: feedFiles(/ring-targets/) },
  { name: "verdict", run: parseVerdict, seeds: asJson(promotion["verdict"]) },
  { name: "validation", run: parseValidation, seeds: feedFiles(/validated/) },
  { name: "otlp-records", run: decodeRecords, seeds: [logs] },
  { name: "otlp-logs", run: decodeLogs, seeds: [logs] },
  { name: "enrolment", run: text((given) => parseEnrolment(given, ROOTS, NOW)), seeds: [utf8(licenseToken())] },
  { name: "segment", run: (bytes) => parseSegment(Buffer.from(bytes)), seeds: [utf8("00000000 {}\n")] },
  { name: "ledger-record", run: text(parseRecord), seeds: asJson({ v: 1 }) },
  { name: "webvtt", run: parseWebVtt, seeds: [read("media", "harbour.en.vtt"), read("media", "harbour.chapters.vtt")] },
  {
    name: "text track",
    run: (bytes) => ["utf-8", "windows-1252"].map((encoding) => parseTextTrack(bytes, encoding === "utf-8", encoding)),
    seeds: [read("media", "harbour.en.vtt"), utf8("1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\n\n")],
  },
  {
    name: "ring scenario",
    run: parseScenario,
    seeds: [readFileSync(join(projectRoot, "src-ops/simulator/scenarios/ring1-bad-pilots-clean-staff.json"))],
  },
  { name: "csv", run: text(parseCsv), seeds: [utf8('stick,for,days\n"a,""b""",C-1,30\n')] },
  { name: "license-link", run: text(parseLicenseLink), seeds: [utf8("usb-video-vault://license?data=YWJj")] },
  {
    name: "command-line",
    run: text(commandLine),
    seeds: [utf8("usb-video-vault://license?data=YQ\n--vault=/a\n--\n/b.uvvlic")],
  },
  {
    name: "byte-range",
    run: text((given) => checkRange(given)),
    seeds: [utf8("bytes=0-499"), utf8("bytes=-1"), utf8("bytes=9-")],
  },
  {
    name: "mountinfo",
    run: text((given) => [removableMounts(given), mountOf(given, "/media/a b")]),
    seeds: [utf8("36 35 8:1 / /media/a\\040b rw - vfat /dev/sda1 rw\n")],
  },
  { name: "volume-id", run: text((given) => normalVolume(given)), seeds: [utf8("1234-ABCD")] },
  {
    name: "windows",
    run: text((given) => [parseMachineGuid(given), parsePartition(given, "1234abcd")]),
    seeds: [...recorded("reg.txt")],
  },
  {
    name: "macos",
    run: text((given) => [parseDiskutil(given), parsePlatformUuid(given), parseUsbSerial(given, "disk2")]),
    seeds: recorded("diskutil-fat.plist", "diskutil-data.plist", "ioreg.txt", "system-profiler.json"),
  },
];

function commandLine(given: string): unknown {
  const words = given.split("\n");
  const started = { platform: "win32", isAppImage: false } as const;
  return [refusedSwitch(words, started), parseLaunchOptions(words), incomingOf(words, "/")];
}

/** Whatever a header asks for, the bytes are within the file. */
function checkRange(header: string): void {
  const range = parseByteRange(header, 1_000);
  if (range.kind === "part" && !(range.start >= 0 && range.start <= range.end && range.end < 1_000))
    throw new Error(`${JSON.stringify(range)} is outside the file`);
}
