// Makes the frozen feed, in which every optional member of update-feed.md occurs at least once:
// `node test/vectors/make-feed.ts`. Its keys are made from public phrases, and it contains only their public halves.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { armor } from "../../src-shared/license/index.ts";
import { formatRingTargets } from "../../src-ops/feed/ring-targets.ts";
import { canonicalize } from "../fakes/canonical-json.ts";
import type { FeedRepository } from "../fakes/feed-repository.ts";
import { keyManifestToken, NOW, revocationToken } from "../fakes/issuer.ts";
import { addBuild, setHalt, setRelease, setSecurity, updateFeed } from "../fakes/update-feed.ts";
import { FROZEN } from "./make.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const VERDICT = {
  outcome: "inconclusive",
  at: NOW - 7_200,
  since: NOW - 2 * 86_400,
  open: ["time"],
  evidenceHash: sha256("evidence"),
};

/** The files of a feed in a publisher's folder, and what an install of ring1 reads from it. */
export function makeFeedVector(): string {
  const repository = updateFeed();
  repository.root["uvv:dev"] = true;
  addBuild(repository, "build-2", { buildEpoch: 2 });
  setSecurity(repository, { seq: 3, buildFloor: 1, revokedBuilds: ["build-0"], haltGeneration: 2 });
  const halts = [
    { build: "build-2", seq: 1, issued: NOW - 86_400, reason: "crashes" },
    { build: "build-3", seq: 2, issued: NOW - 3_600, reason: "" },
  ];
  setHalt(repository, "ring1", { seq: 2, halts });
  const release = {
    seq: 4,
    kind: "resume",
    build: "build-2",
    fallback: "build-1",
    basisPoints: 5_000,
    critical: true,
    issued: NOW,
    reason: 'Fixed: the "seek" \\ fault',
    verdictHash: sha256("verdict"),
    policyHash: sha256("policy"),
    flags: { "license-links": false },
    resumed: [
      { build: "build-0", generation: 1, seq: 9 },
      { build: "build-2", generation: 2, seq: 1 },
    ],
    promotion: {
      at: NOW,
      verdict: VERDICT,
      checklistHash: sha256("checklist"),
      pilots: { count: 3, agreementsHash: sha256("agreements") },
      lane: "p2",
      overrides: [{ code: "observation", reason: "The pilots wait for it" }],
    },
  };
  setRelease(repository, "ring1", release);
  offer(repository, "rings/ring1/release.json", ["build-1", "build-2"]);
  setRelease(repository, "ga", { kind: "rollback", build: "build-1", from: ["build-2"], fallback: null, issued: NOW });
  const validation = {
    v: 1,
    ring: "ring0",
    build: "build-2",
    verdictHash: sha256("verdict"),
    policyHash: sha256("policy"),
  };
  const signed = { ...validation, verdict: { ...VERDICT, outcome: "pass", open: [] }, issued: NOW };
  repository.addTarget("ring0", "rings/ring0/validated.json", JSON.stringify(signed));
  repository.addTarget("lists", "lists/revocations.uvvrev", armor("REVOCATION LIST", revocationToken({ seq: 4 })));
  repository.addTarget("lists", "lists/keys.uvvkeys", keyManifestToken());
  const halt = repository.role("targets").delegations?.roles.find(({ name }) => name === "halt");
  if (halt) halt["uvv:generation"] = 2;
  repository.withHashes = true;
  const anchor = repository.begin().toString();
  const content = {
    note: "Every key is that of the phrase 'usb-video-vault test feed ' and its name: it protects nothing.",
    now: NOW,
    anchor,
    files: Object.fromEntries(latest(repository).map(([path, bytes]) => [path, bytes.toString()])),
    ringTargets: formatRingTargets(
      {
        rings: {
          ring0: { validated: true, targets: [{ hostname: "lab-1.example.org", type: "internal" }] },
          ring1: {
            validated: false,
            targets: [
              {
                hostname: "pilot-1",
                type: "client",
                agreement: { sha256: sha256("signed by north"), signed: "2026-11-02" },
              },
            ],
          },
          ga: { validated: false, targets: [] },
        },
      },
      { ring0: true, ring1: false, ga: false },
    ),
    canonical: canonicalExample(),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function offer(repository: FeedRepository, path: string, offered: readonly string[]): void {
  const entry = repository.role("ring1").targets[path];
  if (entry) entry.custom = { offered };
}

// A target that was listed again with other bytes left its first file behind.
function latest(repository: FeedRepository): [string, Buffer][] {
  const listed = [...repository.targets.values()].flatMap(({ targets }) =>
    Object.entries(targets).map(
      ([path, { hashes }]) => `targets/${repository.targetName(path, hashes["sha256"] ?? "")}`,
    ),
  );
  return [...repository.files]
    .filter(([path]) => path.startsWith("metadata/") || listed.includes(path))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** One JSON text and its canonical form: member order, white space and escapes. */
function canonicalExample() {
  const json =
    '{ "b": [1, true, null], "a": "line\\nend \\u00e9 \\"quoted\\" \\\\ /", "A": {}, "\\u20ac": "", "\\ud83d\\ude00": 0 }';
  return { json, canonical: canonicalize(JSON.parse(json)) };
}

if (import.meta.main) await writeFile(join(FROZEN, "feed.json"), makeFeedVector());
