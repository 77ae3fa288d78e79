import { describe, expect, it } from "vitest";
import { fitted } from "../../../src-ops/feed/fit-halts.ts";
import { judgeHalts, judgeResumed, type States } from "../../../src-ops/feed/judge-halts.ts";
import { resumedWith } from "../../../src-ops/feed/offer.ts";
import { MAX_HALTS, MAX_REASON_CHARS, MAX_RESUMED } from "../../../src-shared/limits.ts";
import { type BuildId, parseHalts, parseRelease } from "../../../src-shared/updates/index.ts";
import { haltClaims, releaseClaims, securityClaims } from "../../shared/updates/documents.ts";

const entry = (build: string, seq: number) => ({ build, seq, issued: 1, reason: "" });
const halts = (seq: number, ...entries: readonly object[]) => haltClaims({ seq, halts: entries });
const named = (build: string, seq: number, generation = 1) => ({ build, generation, seq });

type Side = {
  halts?: object | undefined;
  release?: object | undefined;
  security?: object;
  generation?: number;
  offered?: readonly string[];
};

/** The change of a ring whose builds 1 and 2 are halted by document 4, since documents 3 and 4. */
function states({ before = {}, after = {} }: { before?: Side; after?: Side }): States {
  const old: Side = { halts: halts(4, entry("build-1", 3), entry("build-2", 4)), release: { build: "build-3" } };
  const documents = (side: Side) => ({
    builds: new Map(["build-1", "build-2", "build-3"].map((id, i) => [id, { id, buildEpoch: i + 1 }])),
    security: securityClaims(side.security),
    rings: {
      ga: {
        release: side.release && releaseClaims(side.release),
        halts: side.halts,
        offered: side.offered ?? [],
        validation: undefined,
      },
    },
  });
  const keyring = ({ generation = 1 }: Side) => ({ halt: { generation } });
  const [first, second] = [
    { ...old, ...before },
    { ...old, ...before, ...after },
  ];
  const both = { before: documents(first), after: documents(second) };
  return { ...both, keyrings: { before: keyring(first), after: keyring(second) } } as unknown as States;
}

const codeOf = (verdict: ReturnType<typeof judgeHalts>) => (verdict.ok ? "accepted" : verdict.error.code);

const DISPLACING: readonly (readonly [string, string, Side])[] = [
  ["drops one", "HALT_DISPLACED", { halts: halts(5, entry("build-1", 3)) }],
  ["drops all", "HALT_DISPLACED", { halts: halts(5) }],
  ["replaces one by another build", "HALT_DISPLACED", { halts: halts(5, entry("build-1", 3), entry("build-3", 5)) }],
  [
    "gives one the number of an earlier halt",
    "HALT_DISPLACED",
    { halts: halts(5, entry("build-1", 2), entry("build-2", 4)) },
  ],
  ["removes the document", "COUNTER_FALLS", { halts: undefined }],
  ["keeps the number", "COUNTER_FALLS", { halts: halts(4, entry("build-2", 4)) }],
  [
    "gives one a number between the documents",
    "COUNTER_FALLS",
    { halts: halts(9, entry("build-1", 8), entry("build-2", 4)) },
  ],
  [
    "adds a build that nobody lists",
    "BUILD_UNKNOWN",
    { halts: halts(5, entry("build-1", 3), entry("build-2", 4), entry("build-9", 5)) },
  ],
  ["drops one with a new halt key", "HALT_DISPLACED", { generation: 2, halts: halts(1, entry("build-1", 1)) }],
  [
    "keeps the document under a new halt key, without one",
    "HALT_DISPLACED",
    { generation: 2, halts: halts(4, entry("build-2", 4)) },
  ],
  [
    "declares older halts void than those in force",
    "HALT_DISPLACED",
    { generation: 2, security: { haltGeneration: 1 }, halts: halts(1) },
  ],
];

const ALLOWED: readonly (readonly [string, Side])[] = [
  ["changes nothing", {}],
  ["adds one", { halts: halts(5, entry("build-1", 3), entry("build-2", 4), entry("build-3", 5)) }],
  ["halts one again", { halts: halts(5, entry("build-1", 5), entry("build-2", 4)) }],
  [
    "drops one that the ring has lifted",
    { halts: halts(5, entry("build-2", 4)), release: { build: "build-3", resumed: [named("build-1", 3)] } },
  ],
  [
    "drops one whose build was revoked",
    { halts: halts(5, entry("build-2", 4)), security: { revokedBuilds: ["build-1"] } },
  ],
  ["drops one whose build is below the floor", { halts: halts(5, entry("build-2", 4)), security: { buildFloor: 2 } }],
  ["signs them again with a new key", { generation: 2, halts: halts(1, entry("build-1", 1), entry("build-2", 1)) }],
  ["declares all of a stolen key void", { generation: 2, security: { haltGeneration: 2 }, halts: halts(1) }],
];

const RESUMES: readonly (readonly [string, string, object])[] = [
  ["its own build", "accepted", { kind: "resume", build: "build-2", resumed: [named("build-2", 4)] }],
  [
    "another build as well",
    "HALT_UNKNOWN",
    { kind: "resume", build: "build-2", resumed: [named("build-2", 4), named("build-1", 3)] },
  ],
  ["a halt that may come", "HALT_UNKNOWN", { kind: "resume", build: "build-2", resumed: [named("build-2", 9)] }],
  ["a halt of the next key", "HALT_UNKNOWN", { kind: "resume", build: "build-2", resumed: [named("build-2", 4, 2)] }],
  ["a halt while it releases", "HALT_UNKNOWN", { build: "build-2", resumed: [named("build-2", 4)] }],
  [
    "a halt while it goes back",
    "HALT_UNKNOWN",
    { kind: "rollback", build: "build-1", from: ["build-3"], resumed: [named("build-1", 3)] },
  ],
  ["a build that is not halted", "HALT_UNKNOWN", { kind: "resume", build: "build-3", resumed: [named("build-3", 4)] }],
];

const FORWARD = { build: "build-3", basisPoints: 5000 };
const OTHERS: readonly (readonly [string, string, Side, object])[] = [
  ["goes on with what it runs", "accepted", {}, FORWARD],
  ["gives a smaller share of it", "accepted", {}, { ...FORWARD, basisPoints: 1000 }],
  ["gives a larger share of it", "HALT_UNKNOWN", {}, { ...FORWARD, basisPoints: 10_000 }],
  ["runs another build", "HALT_UNKNOWN", {}, { ...FORWARD, build: "build-2" }],
  ["names another fallback", "HALT_UNKNOWN", {}, { ...FORWARD, fallback: "build-2" }],
  ["had the build before", "HALT_UNKNOWN", { offered: ["build-1", "build-3"] }, FORWARD],
  ["forgets a lifted halt", "HALT_UNKNOWN", { release: { ...FORWARD, resumed: [named("build-2", 4)] } }, FORWARD],
  ["runs nothing yet, and releases the build", "accepted", { release: undefined }, { build: "build-1" }],
  ["runs nothing yet, and releases another", "HALT_UNKNOWN", { release: undefined }, FORWARD],
];

describe("a change of the halts of a ring", () => {
  it.each(DISPLACING)("is refused if it %s: %s", (_name, code, after) => {
    expect(codeOf(judgeHalts(states({ after }), "ga"))).toBe(code);
  });

  it.each(ALLOWED)("is accepted if it %s", (_name, after) => {
    expect(codeOf(judgeHalts(states({ after }), "ga"))).toBe("accepted");
  });

  it(`is judged in ${DISPLACING.length} of ${DISPLACING.length} attacks`, () => {
    process.stdout.write(`${DISPLACING.length} attacks on the halts of a feed\n`);
  });
});

describe("a document of the ring lifts", () => {
  it.each(RESUMES)("%s: %s", (_name, code, release) => {
    expect(codeOf(judgeResumed(states({ after: { release } }), "ga"))).toBe(code);
  });
});

describe("a document lifts the halt of a build that is not the one it resumes", () => {
  it.each(OTHERS)("if the ring %s: %s", (_what, code, before, release) => {
    const after = { ...release, resumed: [named("build-1", 3)] };
    expect(
      codeOf(judgeResumed(states({ before: { release: FORWARD, ...before }, after: { release: after } }), "ga")),
    ).toBe(code);
  });

  it("keeps the halt of its own build among the most that it can name", () => {
    const others = Array.from({ length: MAX_RESUMED - 1 }, (_, i) => named(`other-${i}`, 1));
    const old = releaseClaims({ kind: "resume", build: "build-3", resumed: [named("build-3", 1), ...others] });
    const resumed = resumedWith(old, { ...named("build-1", 3), build: "build-1" as BuildId });
    const read = parseRelease(Buffer.from(JSON.stringify({ ...old, resumed })), "ga");
    expect(read.ok && read.value.resumed).toHaveLength(MAX_RESUMED);
    expect(resumed.map(({ build }) => build)).toEqual(expect.arrayContaining(["build-1", "build-3"]));
    expect(resumed).not.toContainEqual(others[0]);
  });
});

describe("the largest document", () => {
  it("has all halts, without the oldest reasons", () => {
    const ids = Array.from({ length: MAX_HALTS }, (_, i) => `${String(i).padStart(4, "0")}${"z".repeat(60)}`);
    const all = ids.map((build, i) => ({
      ...entry(build, 2 ** 53 - 1 - MAX_HALTS + i),
      reason: "é".repeat(MAX_REASON_CHARS),
    }));
    const document = fitted(haltClaims({ seq: 2 ** 53 - 1, halts: all }));
    const read = parseHalts(Buffer.from(JSON.stringify(document)), "ga");
    expect(read.ok && read.value.halts.map(({ build }) => build)).toEqual(ids as unknown as BuildId[]);
    const few = fitted(haltClaims({ seq: 2 ** 53 - 1, halts: all.slice(-2) }));
    expect(few.halts.map(({ reason }) => reason.length)).toEqual([MAX_REASON_CHARS, MAX_REASON_CHARS]);
  });
});
