import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Release } from "../../../src-shared/updates/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { writeChecklist } from "../../fakes/promotion-papers.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

// The first Tuesday at 15:00 in Paris after the workshop's feed was made, and the Saturday after it.
const TUESDAY = (() => {
  const at = new Date(NOW * 1_000);
  at.setUTCHours(14, 0, 0, 0);
  do at.setUTCDate(at.getUTCDate() + 1);
  while (at.getUTCDay() !== 2);
  return at.getTime() / 1_000;
})();
const SATURDAY = TUESDAY + 96 * HOUR;

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  publisher = await openFeedFixture();
  build = await publisher.build("1.0.0");
  await publisher.feedAt(TUESDAY - 49 * HOUR, "release", "--ring", "ring0", "--build", build);
});

type Papers = { ring?: "ring1" | "ga"; gate?: string; at?: number; hours?: number; open?: readonly string[] };

function papers({ ring = "ring1", gate = "ring0", at = TUESDAY, hours = 49, open = [] }: Papers = {}) {
  const found = open.length > 0 ? "inconclusive" : "pass";
  const verdict = publisher.verdict(gate, build, { at, since: at - hours * HOUR, found, open });
  const checklist = writeChecklist(publisher.folder, ring, build, verdict);
  const words = ["--ring", ring, "--build", build, "--verdict", verdict, "--checklist", checklist];
  return { verdict, checklist, words };
}

const promoteAt = async (at: number, words: readonly string[]) =>
  run(["feed", "promote", ...words, "--repo", publisher.repo, "--keys", publisher.keys], at);
const codeAt = async (at: number, words: readonly string[]) => (await promoteAt(at, words)).error?.code;
const released = async (ring: "ring1" | "ga") => {
  const { rings } = await publisher.feed<{ rings: Record<string, { release?: Release }> }>("status");
  return rings[ring]?.release;
};

describe("what a ring's keys sign at a promotion", () => {
  it("is the verdict with its outcome and evidence, the policy, the checklist and the pilots", async () => {
    const { words, verdict } = papers();
    expect(await promoteAt(TUESDAY, words)).toMatchObject({ ok: true, published: true, warnings: [] });
    const { evidenceHash } = JSON.parse(readFileSync(verdict, "utf8")) as { evidenceHash: string };
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(await released("ring1")).toMatchObject({
      verdictHash: hash,
      policyHash: hash,
      promotion: {
        at: TUESDAY,
        verdict: { outcome: "pass", at: TUESDAY, since: TUESDAY - 49 * HOUR, open: [], evidenceHash },
        checklistHash: hash,
        pilots: { count: 3, agreementsHash: hash },
        overrides: [],
      },
    });
    expect(await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust], TUESDAY)).toMatchObject({
      ok: true,
    });
  });

  it("stays with the build through a switch", async () => {
    await promoteAt(TUESDAY, papers().words);
    await publisher.feedAt(TUESDAY + HOUR, "flags", "--ring", "ring1", "--on", "chapters", "--reason", "x");
    expect(await released("ring1")).toMatchObject({ issued: TUESDAY + HOUR, promotion: { at: TUESDAY } });
  });

  it("holds the overrides that were needed, with their reason, and no others", async () => {
    const { words } = papers({ at: SATURDAY, hours: 145 });
    expect(await codeAt(SATURDAY, words)).toBe("OUTSIDE_WINDOW");
    expect(await codeAt(SATURDAY, [...words, "--override", "window"])).toBe("USAGE");
    const because = ["--override", "window", "--override", "pilots", "--reason", "The pilots asked for it"];
    expect(await promoteAt(SATURDAY, [...words, ...because])).toMatchObject({ ok: true });
    expect((await released("ring1"))?.promotion?.overrides).toEqual([
      { code: "window", reason: "The pilots asked for it" },
    ]);
  });

  it("names the lane of a hotfix, which says why", async () => {
    const { words } = papers({ hours: 0, open: ["time"] });
    expect(await codeAt(TUESDAY, [...words, "--lane", "p1"])).toBe("USAGE");
    expect(await codeAt(TUESDAY, [...words, "--lane", "p3", "--reason", "x"])).toBe("OBSERVATION_TOO_SHORT");
    const before = papers({ at: TUESDAY, hours: 49 });
    expect(await promoteAt(TUESDAY, [...before.words, "--lane", "p2", "--reason", "A hole"])).toMatchObject({
      ok: true,
    });
    expect(await released("ring1")).toMatchObject({ reason: "A hole", promotion: { lane: "p2" } });
  });
});

describe("a promotion is refused", () => {
  it("without its checklist, with a hole in it, and where evidence is not what was shown", async () => {
    const { words, checklist } = papers();
    expect(await codeAt(TUESDAY, words.slice(0, -2))).toBe("CHECKLIST_MISSING");
    const text = readFileSync(checklist, "utf8");
    const filled = JSON.parse(text) as { items: Record<string, object[]> };
    const write = (items: object) => writeFileSync(checklist, JSON.stringify({ ...filled, items }));
    write({ ...filled.items, "support-ready": [] });
    expect(await codeAt(TUESDAY, words)).toBe("CHECKLIST_INCOMPLETE");
    write({ ...filled.items, "release-notes": [] });
    expect((await promoteAt(TUESDAY, words)).ok).toBe(true);
    const other = papers();
    for (const name of readdirSync(publisher.folder)) {
      if (name.startsWith("report-")) writeFileSync(join(publisher.folder, name), "one failed");
    }
    expect(await codeAt(TUESDAY, other.words)).toBe("BUILD_RUNNING");
    const next = await publisher.build("1.1.0");
    await publisher.feedAt(TUESDAY - 49 * HOUR, "release", "--ring", "ring0", "--build", next);
    build = next;
    const changed = papers();
    const [report] = JSON.parse(readFileSync(changed.checklist, "utf8")).items["docs-updated"] as [{ path: string }];
    writeFileSync(join(publisher.folder, report.path), "one failed");
    expect(await codeAt(TUESDAY, changed.words)).toBe("EVIDENCE_CHANGED");
  });

  it("on another verdict than the checklist shows", async () => {
    const { words } = papers();
    const other = publisher.verdict("ring0", build, { at: TUESDAY, since: TUESDAY - 49 * HOUR, open: [] });
    expect(await codeAt(TUESDAY, words.with(words.indexOf("--verdict") + 1, other))).toBe("CHECKLIST_INCOMPLETE");
  });

  it("where a word of the verdict was edited", async () => {
    const { words, verdict } = papers({ open: ["errors"] });
    writeFileSync(verdict, readFileSync(verdict, "utf8").replace("inconclusive", "pass"));
    expect(await codeAt(TUESDAY, words)).toBe("VERDICT_INVALID");
  });

  it("by another policy than the verdict's", async () => {
    const policy = publisher.path("policy.json");
    const text = readFileSync(join(import.meta.dirname, "../../../src-ops/gates/ring-policy.json"), "utf8");
    writeFileSync(policy, text.replace('"least": 3', '"least": 2'));
    const { words } = papers();
    expect(await codeAt(TUESDAY, [...words, "--policy", policy])).toBe("VERDICT_OTHER_POLICY");
    await promoteAt(TUESDAY, words);
    const verify = ["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust, "--policy", policy];
    expect(await run(verify, TUESDAY)).toMatchObject({ ok: false, error: { code: "FEED_UNTRUSTED" } });
  });

  it("with too few pilots, until another has signed", async () => {
    const file = join(publisher.repo, "ring-targets.json");
    const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring1: { targets: object[] } } };
    targets.rings.ring1.targets.pop();
    writeFileSync(file, JSON.stringify(targets));
    const { words } = papers();
    expect(await codeAt(TUESDAY, words)).toBe("PILOTS_INELIGIBLE");
    writeFileSync(publisher.path("signed.pdf"), "signed by both");
    const pilot = ["pilot", "--hostname", "pilot-9", "--agreement", publisher.path("signed.pdf"), "--signed"];
    expect(await publisher.refused(...(pilot as [string]), "2026-13-01")).toBe("RING_TARGETS_INVALID");
    expect(await publisher.feed(...(pilot as [string]), "2026-11-20")).toMatchObject({ pilots: 3 });
    expect(await promoteAt(TUESDAY, words)).toMatchObject({ ok: true });
  });

  it("into ring0 with a client among its machines, while halting and going on elsewhere stay possible", async () => {
    const file = join(publisher.repo, "ring-targets.json");
    const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring0: { targets: object[] } } };
    targets.rings.ring0.targets.push({ hostname: "c-0042", type: "client" });
    writeFileSync(file, JSON.stringify(targets));
    const next = await publisher.build("1.1.0");
    expect(await publisher.refused("release", "--ring", "ring0", "--build", next)).toBe("PILOTS_INELIGIBLE");
    await publisher.feed("halt", "--ring", "ring0", "--reason", "x");
  });

  it("to the second of two people, who hears that it is done, and leaves nothing half signed", async () => {
    const [first, second] = [papers(), papers()];
    const answers = await Promise.all([promoteAt(TUESDAY, first.words), promoteAt(TUESDAY, second.words)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    const loser = answers.find(({ ok }) => !ok)?.error?.code;
    expect(["BUSY", "BUILD_RUNNING"]).toContain(loser);
    expect(await codeAt(TUESDAY, second.words)).toBe("BUILD_RUNNING");
    expect((await released("ring1"))?.seq).toBe(1);
    expect(existsSync(join(publisher.repo, "pending")) ? readdirSync(join(publisher.repo, "pending")) : []).toEqual([]);
  });
});

describe("a promotion that waits for another's signature", () => {
  it("is judged by the hour at which it comes back, and by how old its verdict is then", async () => {
    await promoteAt(TUESDAY, papers().words);
    const friday = TUESDAY + (168 + 73) * HOUR;
    const away = publisher.path("away");
    mkdirSync(away);
    for (const person of ["person-2", "person-3"]) {
      renameSync(join(publisher.keys, "private", "feed", person), join(away, person));
    }
    const asked = await promoteAt(friday, papers({ ring: "ga", gate: "ring1", at: friday, hours: 241 }).words);
    expect(asked).toMatchObject({ ok: true, published: false });
    const file = asked["pending"] as string;
    expect(await run(["feed", "sign", file, "--person-keys", join(away, "person-2")], friday)).toMatchObject({
      ok: true,
    });
    const importAt = (at: number) =>
      run(["feed", "import", file, "--repo", publisher.repo, "--keys", publisher.keys], at);
    // An hour later it is Friday evening; on Monday afternoon the verdict is three days old.
    expect((await importAt(friday + HOUR)).error?.code).toBe("OUTSIDE_WINDOW");
    expect((await importAt(friday + 72 * HOUR)).error?.code).toBe("VERDICT_OLD");
    expect(await released("ga")).toBeUndefined();
    expect(await importAt(friday + HOUR / 2)).toMatchObject({ ok: true, published: true });
  });
});

describe("the shares of everyone (R-16)", () => {
  it("each wait for their time and for a verdict on the share before", async () => {
    await promoteAt(TUESDAY, papers().words);
    const week = TUESDAY + 168 * HOUR;
    const toGa = { ring: "ga", gate: "ring1", hours: 168, at: week } as const;
    expect(await codeAt(TUESDAY + HOUR, papers({ ...toGa, at: TUESDAY + HOUR, hours: 1 }).words)).toBe(
      "OBSERVATION_TOO_SHORT",
    );
    expect(await promoteAt(week, papers(toGa).words)).toMatchObject({ ok: true });
    const more = (at: number, since: number) => {
      const verdict = publisher.verdict("ga", build, { at, since, open: [] });
      return promoteAt(at, ["--ring", "ga", "--build", build, "--verdict", verdict]);
    };
    expect((await more(week + 23 * HOUR, week)).error?.code).toBe("OBSERVATION_TOO_SHORT");
    expect((await more(week + 24 * HOUR, week - HOUR)).error?.code).toBe("VERDICT_INVALID");
    expect(await more(week + 24 * HOUR, week)).toMatchObject({ ok: true });
    const half = await released("ga");
    expect(half).toMatchObject({ basisPoints: 5_000, promotion: { at: week + 24 * HOUR } });
    expect(half?.promotion?.checklistHash).toMatch(/^[0-9a-f]{64}$/);
    expect((await more(week + 48 * HOUR, week + 24 * HOUR)).error?.code).toBe("OBSERVATION_TOO_SHORT");
    await publisher.feedAt(week + 48 * HOUR, "halt", "--ring", "ga", "--reason", "Crashes");
    expect((await more(week + 72 * HOUR, week + 24 * HOUR)).error?.code).toBe("BUILD_HALTED");
  });
});
