import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { auditDecisions, RING_DATABASE } from "../../../src-ops/server/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { SKIP_OBSERVATION, writeChecklist } from "../../fakes/promotion-evidence-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { NOW, openFeedFixture, run } from "../feed/support/feed-fixture.ts";
import { evaluateOnce } from "./watched-ring.ts";

vi.setConfig({ testTimeout: 60_000 });

const OVERRIDES = ["--override", "verdict", "--override", "pilots"];

/** A ring server's data, and a feed whose ring0 runs a build without any events yet. */
async function openWatched() {
  const publisher = await openFeedFixture();
  const build = await publisher.build("0.2.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const data = temporaryFolder();
  const store = openSqliteStore(join(data, RING_DATABASE));
  onTestFinished(store.close);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const where = ["--data", data, "--repo", publisher.repo, "--keys", publisher.keys];
  const verdict = publisher.path("verdict.json");
  return {
    publisher,
    build,
    verdict,
    evaluate: () => evaluateOnce({ store, feed, policy: policy.value, now: () => NOW * 1_000 + 60_000 }),
    decisions: async () => (await auditDecisions(store.decisions)).decisions.map(({ decision }) => decision),
    status: () => run(["ring", "status", "--ring", "ring0", "--verdict", verdict, ...where]),
    audit: () => run(["ring", "audit", ...where]),
    promote: (file = verdict, ...options: string[]) => {
      const checklist = writeChecklist(publisher.folder, "ring1", build, file);
      const evidence = ["--verdict", file, "--checklist", checklist, ...SKIP_OBSERVATION, ...OVERRIDES, ...options];
      return publisher.feed("promote", "--ring", "ring1", "--build", build, ...evidence);
    },
  };
}

describe("the decision log of a ring server", () => {
  it("contains each verdict that was given, and the promotions that people signed, with their overrides", async () => {
    const { status, promote, evaluate, decisions, audit, build, verdict } = await openWatched();
    await status();
    const { evidenceHash } = JSON.parse(readFileSync(verdict, "utf8")) as { evidenceHash: string };
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(await decisions()).toEqual([
      {
        kind: "verdict-given",
        ring: "ring0",
        build,
        verdict: "inconclusive",
        verdictHash: hash,
        policyHash: hash,
        evidenceHash,
      },
    ]);
    await promote();
    await evaluate();
    await evaluate();
    const promotions = (await decisions()).filter(({ kind }) => kind === "promotion");
    expect(promotions).toMatchObject([
      {
        ring: "ring1",
        build,
        seq: 1,
        basisPoints: 10_000,
        since: NOW * 1_000,
        checklistHash: hash,
        overrides: expect.arrayContaining([{ code: "verdict", reason: "A test has no days to watch" }]) as object[],
      },
    ]);
    expect(await audit()).toMatchObject({ ok: true });
  });

  it("disagrees with a feed whose verdict is not in the log", async () => {
    const { publisher, status, promote, audit, build } = await openWatched();
    await status();
    await promote(publisher.verdict("ring0", build));
    expect(await audit()).toMatchObject({
      ok: false,
      error: { code: "AUDIT_FAILED", message: expect.stringContaining("ring1's document 1 names a verdict") as string },
    });
  });

  it("shows the state of each release beside the verdicts", async () => {
    const { status, promote, build, audit } = await openWatched();
    expect(await status()).toMatchObject({
      states: {
        rings: [
          { ring: "ring0", build, state: "running", percent: 100, next: { kind: "watch", until: NOW + 48 * 3_600 } },
          { ring: "ring1", state: "empty" },
          { ring: "ga", state: "empty" },
        ],
        builds: [{ build, state: "ring0" }],
      },
    });
    await promote();
    const { states } = (await status()) as unknown as { states: { rings: { promotion?: { overrides: object[] } }[] } };
    expect(states.rings[1]?.promotion?.overrides.length).toBeGreaterThan(0);
    expect(await audit()).toMatchObject({ ok: true });
  });
});
