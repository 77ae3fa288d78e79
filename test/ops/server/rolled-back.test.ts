import { expect, it, vi } from "vitest";
import { incidentsOf } from "../../../src-ops/server/decisions/incidents.ts";
import { headline, verdictWord } from "../../../src-ops/server/wording/index.ts";
import { auditDecisions } from "../../../src-ops/server/index.ts";
import { LANGUAGES } from "../../../src-shared/languages.ts";
import { NOW } from "../feed/support/feed-fixture.ts";
import { vaultctl } from "../support/vaultctl.ts";
import { storeEvents } from "./store-events.ts";
import { goodDays, openWatched } from "./watched-ring.ts";

vi.setConfig({ testTimeout: 120_000 });

const MAY_PROMOTE = /may (be )?promote|peuvent la promouvoir|Validée|Pass\b|validated/;

/** Everything that is said about the release of a ring. */
async function saidOf(watched: Awaited<ReturnType<typeof openWatched>>, hours: number, ring: string): Promise<string> {
  const rings = await watched.evaluate(hours);
  const assessment = rings.find((one) => one.ring === ring);
  if (!assessment) throw new Error(`${ring} runs nothing`);
  const log = await auditDecisions(watched.store.decisions);
  const texts = LANGUAGES.flatMap((language) => [
    verdictWord(assessment, language),
    headline(assessment, undefined, language),
    ...incidentsOf(assessment, log, language).map(({ kind, detail }) => `${kind} ${detail}`),
  ]);
  expect(assessment.verdict).toBe("pass");
  return texts.join("\n");
}

it("never calls a rolled-back build validated, nor says that it may be promoted", async () => {
  const watched = await openWatched();
  const { publisher, build: before, store, evaluate } = watched;
  const promote = (one: string) =>
    publisher.feed("promote", "--ring", "ring1", "--build", one, ...publisher.promotionOptions("ring1", "ring0", one));
  await promote(before);
  const build = await publisher.build("0.3.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  await promote(build);
  await evaluate(0);
  await storeEvents(
    store,
    goodDays().map((event) => ({ ...event, version: "0.3.0" })),
  );
  expect(await saidOf(watched, 48.1, "ring0")).toMatch(MAY_PROMOTE);

  await publisher.feedAt(NOW + 49 * 3_600, "rollback", "--ring", "ring1", "--to", before, "--reason", "Films stutter");
  const said = await saidOf(watched, 49.1, "ring0");
  expect(said).not.toMatch(MAY_PROMOTE);
  expect(said).toContain("rolled back in ring1");
  const rings = await evaluate(49.2);
  const returned = rings.find(({ ring }) => ring === "ring1");
  expect(returned).toMatchObject({ build: before, rollback: { kind: "returned" } });
  for (const language of LANGUAGES) {
    expect(headline({ ...returned!, verdict: "pass" }, undefined, language)).not.toMatch(MAY_PROMOTE);
    expect(verdictWord({ ...returned!, verdict: "pass" }, language)).not.toMatch(MAY_PROMOTE);
  }
  const { stdout } = await vaultctl(["feed", "status", "--repo", publisher.repo, "--keys", publisher.keys]);
  expect(stdout).toMatch(/ring1 .*rollback/);
  expect(stdout).not.toContain("validated");
});
