import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Release } from "../../../src-shared/updates/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { writeChecklist } from "../../fakes/promotion-evidence-files.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

// The first Tuesday at 15:00 in Paris after the fixture's feed was created, and the Saturday after it.
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

type EvidenceOptions = { ring?: "ring1" | "ga"; gate?: string; at?: number; hours?: number; open?: readonly string[] };

function promotionEvidence({
  ring = "ring1",
  gate = "ring0",
  at = TUESDAY,
  hours = 49,
  open = [],
}: EvidenceOptions = {}) {
  const found = open.length > 0 ? "inconclusive" : "pass";
  const verdict = publisher.verdict(gate, build, { at, since: at - hours * HOUR, found, open });
  const checklist = writeChecklist(publisher.folder, ring, build, verdict);
  const options = ["--ring", ring, "--build", build, "--verdict", verdict, "--checklist", checklist];
  return { verdict, checklist, options };
}

const promoteAt = async (at: number, options: readonly string[]) =>
  run(["feed", "promote", ...options, "--repo", publisher.repo, "--keys", publisher.keys], at);
const codeAt = async (at: number, options: readonly string[]) => (await promoteAt(at, options)).error?.code;
const released = async (ring: "ring1" | "ga") => {
  const { rings } = await publisher.feed<{ rings: Record<string, { release?: Release }> }>("status");
  return rings[ring]?.release;
};

describe("the document that a ring's keys sign at a promotion", () => {
  it("has the verdict with its outcome and evidence, the policy, the checklist and the pilots", async () => {
    const { options, verdict } = promotionEvidence();
    expect(await promoteAt(TUESDAY, options)).toMatchObject({ ok: true, published: true, warnings: [] });
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

  it("keeps its promotion when a flag changes", async () => {
    await promoteAt(TUESDAY, promotionEvidence().options);
    await publisher.feedAt(TUESDAY + HOUR, "flags", "--ring", "ring1", "--on", "chapters", "--reason", "x");
    expect(await released("ring1")).toMatchObject({ issued: TUESDAY + HOUR, promotion: { at: TUESDAY } });
  });

  it("has only the overrides that were needed, with their reason", async () => {
    const { options } = promotionEvidence({ at: SATURDAY, hours: 145 });
    expect(await codeAt(SATURDAY, options)).toBe("OUTSIDE_WINDOW");
    expect(await codeAt(SATURDAY, [...options, "--override", "window"])).toBe("USAGE");
    const because = ["--override", "window", "--override", "pilots", "--reason", "The pilots asked for it"];
    expect(await promoteAt(SATURDAY, [...options, ...because])).toMatchObject({ ok: true });
    expect((await released("ring1"))?.promotion?.overrides).toEqual([
      { code: "window", reason: "The pilots asked for it" },
    ]);
  });

  it("names the lane of a hotfix and its reason", async () => {
    const { options } = promotionEvidence({ hours: 0, open: ["time"] });
    expect(await codeAt(TUESDAY, [...options, "--lane", "p1"])).toBe("USAGE");
    expect(await codeAt(TUESDAY, [...options, "--lane", "p3", "--reason", "x"])).toBe("OBSERVATION_TOO_SHORT");
    const before = promotionEvidence({ at: TUESDAY, hours: 49 });
    expect(await promoteAt(TUESDAY, [...before.options, "--lane", "p2", "--reason", "A hole"])).toMatchObject({
      ok: true,
    });
    expect(await released("ring1")).toMatchObject({ reason: "A hole", promotion: { lane: "p2" } });
  });
});

describe("a promotion is refused", () => {
  it("without its checklist, with an incomplete one, and with changed evidence", async () => {
    const { options, checklist } = promotionEvidence();
    expect(await codeAt(TUESDAY, options.slice(0, -2))).toBe("CHECKLIST_MISSING");
    const text = readFileSync(checklist, "utf8");
    const filled = JSON.parse(text) as { items: Record<string, object[]> };
    const write = (items: object) => writeFileSync(checklist, JSON.stringify({ ...filled, items }));
    write({ ...filled.items, "support-ready": [] });
    expect(await codeAt(TUESDAY, options)).toBe("CHECKLIST_INCOMPLETE");
    write({ ...filled.items, "release-notes": [] });
    expect((await promoteAt(TUESDAY, options)).ok).toBe(true);
    const other = promotionEvidence();
    for (const name of readdirSync(publisher.folder)) {
      if (name.startsWith("report-")) writeFileSync(join(publisher.folder, name), "one failed");
    }
    expect(await codeAt(TUESDAY, other.options)).toBe("BUILD_RUNNING");
    const next = await publisher.build("1.1.0");
    await publisher.feedAt(TUESDAY - 49 * HOUR, "release", "--ring", "ring0", "--build", next);
    build = next;
    const changed = promotionEvidence();
    const [report] = JSON.parse(readFileSync(changed.checklist, "utf8")).items["docs-updated"] as [{ path: string }];
    writeFileSync(join(publisher.folder, report.path), "one failed");
    expect(await codeAt(TUESDAY, changed.options)).toBe("EVIDENCE_CHANGED");
  });

  it("on a verdict that differs from the checklist's", async () => {
    const { options } = promotionEvidence();
    const other = publisher.verdict("ring0", build, { at: TUESDAY, since: TUESDAY - 49 * HOUR, open: [] });
    expect(await codeAt(TUESDAY, options.with(options.indexOf("--verdict") + 1, other))).toBe("CHECKLIST_INCOMPLETE");
  });

  it("on an edited verdict", async () => {
    const { options, verdict } = promotionEvidence({ open: ["errors"] });
    writeFileSync(verdict, readFileSync(verdict, "utf8").replace("inconclusive", "pass"));
    expect(await codeAt(TUESDAY, options)).toBe("VERDICT_INVALID");
  });

  it("with a policy that differs from the verdict's", async () => {
    const policy = publisher.path("policy.json");
    const text = readFileSync(join(import.meta.dirname, "../../../src-ops/gates/ring-policy.json"), "utf8");
    writeFileSync(policy, text.replace('"least": 3', '"least": 2'));
    const { options } = promotionEvidence();
    expect(await codeAt(TUESDAY, [...options, "--policy", policy])).toBe("VERDICT_OTHER_POLICY");
    await promoteAt(TUESDAY, options);
    const verify = ["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust, "--policy", policy];
    expect(await run(verify, TUESDAY)).toMatchObject({ ok: false, error: { code: "FEED_UNTRUSTED" } });
  });

  it("with too few pilots, until another has signed", async () => {
    const file = join(publisher.repo, "ring-targets.json");
    const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring1: { targets: object[] } } };
    targets.rings.ring1.targets.pop();
    writeFileSync(file, JSON.stringify(targets));
    const { options } = promotionEvidence();
    expect(await codeAt(TUESDAY, options)).toBe("PILOTS_INELIGIBLE");
    writeFileSync(publisher.path("signed.pdf"), "signed by both");
    const pilot = ["pilot", "--hostname", "pilot-9", "--agreement", publisher.path("signed.pdf"), "--signed"];
    expect(await publisher.refused(...(pilot as [string]), "2026-13-01")).toBe("RING_TARGETS_INVALID");
    expect(await publisher.feed(...(pilot as [string]), "2026-11-20")).toMatchObject({ pilots: 3 });
    expect(await promoteAt(TUESDAY, options)).toMatchObject({ ok: true });
  });

  it("into ring0 with a client's machine, while a halt stays possible", async () => {
    const file = join(publisher.repo, "ring-targets.json");
    const targets = JSON.parse(readFileSync(file, "utf8")) as { rings: { ring0: { targets: object[] } } };
    targets.rings.ring0.targets.push({ hostname: "c-0042", type: "client" });
    writeFileSync(file, JSON.stringify(targets));
    const next = await publisher.build("1.1.0");
    expect(await publisher.refused("release", "--ring", "ring0", "--build", next)).toBe("PILOTS_INELIGIBLE");
    await publisher.feed("halt", "--ring", "ring0", "--reason", "x");
  });

  it("for the second of two people, with a clear message and without a pending change", async () => {
    const [first, second] = [promotionEvidence(), promotionEvidence()];
    const answers = await Promise.all([promoteAt(TUESDAY, first.options), promoteAt(TUESDAY, second.options)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    const loser = answers.find(({ ok }) => !ok)?.error?.code;
    expect(["BUSY", "BUILD_RUNNING"]).toContain(loser);
    expect(await codeAt(TUESDAY, second.options)).toBe("BUILD_RUNNING");
    expect((await released("ring1"))?.seq).toBe(1);
    expect(existsSync(join(publisher.repo, "pending")) ? readdirSync(join(publisher.repo, "pending")) : []).toEqual([]);
  });
});

describe("a promotion that waits for another's signature", () => {
  it("is judged at the time of the import, with the age of its verdict then", async () => {
    await promoteAt(TUESDAY, promotionEvidence().options);
    const friday = TUESDAY + (168 + 73) * HOUR;
    const away = publisher.path("away");
    mkdirSync(away);
    for (const person of ["person-2", "person-3"]) {
      renameSync(join(publisher.keys, "private", "feed", person), join(away, person));
    }
    const asked = await promoteAt(
      friday,
      promotionEvidence({ ring: "ga", gate: "ring1", at: friday, hours: 241 }).options,
    );
    expect(asked).toMatchObject({ ok: true, published: false });
    const file = asked["pending"] as string;
    expect(await publisher.signAt(friday, file, join(away, "person-2"))).toMatchObject({
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

describe("the shares of ga (R-16)", () => {
  it("each need their observation time and a verdict on the previous share", async () => {
    await promoteAt(TUESDAY, promotionEvidence().options);
    const week = TUESDAY + 168 * HOUR;
    const toGa = { ring: "ga", gate: "ring1", hours: 168, at: week } as const;
    expect(await codeAt(TUESDAY + HOUR, promotionEvidence({ ...toGa, at: TUESDAY + HOUR, hours: 1 }).options)).toBe(
      "OBSERVATION_TOO_SHORT",
    );
    expect(await promoteAt(week, promotionEvidence(toGa).options)).toMatchObject({ ok: true });
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
