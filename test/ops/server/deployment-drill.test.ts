import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { readPolicy, type NormalizedEvent } from "../../../src-ops/gates/index.ts";
import { openSqliteStore, type SqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { RING_DATABASE } from "../../../src-ops/server/index.ts";
import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import type { SessionState } from "../../../src-shared/telemetry/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { normalizedAnswer, normalizedState, stateOf } from "../gates/normalized-events.ts";
import { type FeedFixture, NOW, openFeedFixture, run, type CommandResult } from "../feed/support/feed-fixture.ts";
import { PROJECT } from "../support/vaultctl.ts";
import { evaluateOnce } from "./watched-ring.ts";
import { storeEvents } from "./store-events.ts";

// Runs the commands of docs/rings/ring-deployment-procedures.md exactly as the page has them, at the hours that it
// specifies. The events of the computers are written directly to the store.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PAGE = readFileSync(join(PROJECT, "docs", "rings", "ring-deployment-procedures.md"), "utf8");
const SECTIONS = PAGE.split(/^## /m).map((section) => ({
  title: section.split("\n", 1).join(""),
  commands: [...section.matchAll(/^\$ vaultctl (.+)$/gm)].map(([, line]) => line as string),
}));
const COMPUTERS: Readonly<Record<Ring, number>> = { ring0: 10, ring1: 4, ga: 3 };

type Step = CommandResult & { pending?: string | null; build?: string };
type States = { states: { rings: { ring: Ring; state: string; percent: number; next: object }[] } };

// A Tuesday at 15:00 in Paris.
const START = (() => {
  const at = new Date(NOW * 1_000);
  at.setUTCHours(14, 0, 0, 0);
  do at.setUTCDate(at.getUTCDate() + 1);
  while (at.getUTCDay() !== 2);
  return at.getTime() / 1_000;
})();

let publisher: FeedFixture;
let store: SqliteStore;
let names: Record<string, string>;
let version = "1.1.0";

/** A publisher with a feed and a ring server's data. Two people keep their keys elsewhere. */
async function openDrill(): Promise<void> {
  publisher = await openFeedFixture();
  const data = temporaryFolder();
  store = openSqliteStore(join(data, RING_DATABASE));
  onTestFinished(store.close);
  for (const ring of RINGS) for (const machine of machinesOf(ring)) await store.enrol(machine, ring);
  mkdirSync(publisher.path("away"));
  for (const person of ["person-2", "person-3"])
    renameSync(join(publisher.keys, "private", "feed", person), publisher.path("away", person));
  writeFileSync(publisher.path("usb-video-vault_1.1.0_amd64.deb"), "chapters");
  writeFileSync(publisher.path("signed.pdf"), "signed by both");
  writeFileSync(publisher.path("report.html"), "1,204 passed");
  names = {
    REPO: publisher.repo,
    KEYS: publisher.keys,
    DATA: data,
    PACKAGE: publisher.path("usb-video-vault_1.1.0_amd64.deb"),
    AGREEMENT: publisher.path("signed.pdf"),
    REPORT: publisher.path("report.html"),
    VERDICT: publisher.path("verdict.json"),
    "RING1-LIST": publisher.path("ring1.json"),
    "GA-LIST": publisher.path("ga.json"),
    RECORD: publisher.path("record.md"),
    "PERSON-2": publisher.path("away", "person-2"),
    COPY: publisher.path("away", "copy"),
    TRUST: publisher.trust,
  };
}

const machinesOf = (ring: Ring) => Array.from({ length: COMPUTERS[ring] }, (_, index) => testId(`${ring} ${index}`));

/** Runs the commands of a section at an hour after the start. Each must succeed. Returns the last result. */
async function follow(title: string, hours: number): Promise<Step> {
  const section = SECTIONS.find((one) => one.title.startsWith(title));
  expect(section?.commands.length).toBeGreaterThan(0);
  let output: Step | undefined;
  for (const line of section?.commands ?? []) {
    const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? resolve(plain as string));
    const isSigning = args[1] === "sign";
    if (isSigning) cpSync(publisher.repo, names["COPY"] as string, { recursive: true });
    // A drill has nobody who could answer the question.
    output = await run(isSigning ? [...args, "--yes"] : args, START + hours * HOUR);
    if (!output.ok) throw new Error(`${line}: ${output.error?.code}: ${output.error?.message}`);
    if (output.pending) names["PENDING"] = output.pending;
    if (output.build) names["BUILD"] = output.build;
  }
  return output as Step;
}

function resolve(word: string): string {
  const [name = "", ...rest] = word.split("/");
  return name in names ? [names[name], ...rest].join("/") : word;
}

/** All computers of a ring play films during these hours and rate the release well; then the server evaluates. */
async function simulateUse(ring: Ring, from: number, to: number): Promise<void> {
  const events: NormalizedEvent[] = [];
  for (const machine of machinesOf(ring)) {
    for (let hour = from + 4; hour <= to; hour += 4) {
      const where = {
        machine,
        session: `${ring} ${version} ${hour}`,
        seq: 1,
        at: (START + hour * HOUR) * 1_000 - 60_000,
      };
      events.push({ ...normalizedState(where, goodState()), ring, version });
    }
    const answerAt = { machine, session: `${ring} ${version} ${to}`, seq: 2, at: (START + to * HOUR) * 1_000 - 30_000 };
    if (ring === "ring1") events.push({ ...normalizedAnswer(answerAt, 9), ring, version });
  }
  await storeEvents(store, events);
  await evaluate(to);
}

async function evaluate(hours: number): Promise<void> {
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const now = () => (START + hours * HOUR) * 1_000;
  expect(await evaluateOnce({ store, feed, policy: policy.value, now })).toMatchObject({ ok: true });
}

function goodState(): SessionState {
  const fresh = stateOf(version, [{ kind: "usable", startMs: 900 }]);
  return {
    ...fresh,
    uptimeMs: 4 * HOUR_MS,
    operations: {
      ...fresh.operations,
      play: { ok: 20, failed: 0 },
      seek: { ok: 40, failed: 0 },
      verdict: { ok: 10, failed: 0 },
    },
    verdictMs: { buckets: fresh.verdictMs.buckets.map((_, index) => (index === 2 ? 10 : 0)), sum: 40 },
    memory: { private: 140_000_000, highest: 150_000_000 },
    features: ["play"],
  };
}

const statesAt = async (hours: number) => {
  const args = [
    "ring",
    "status",
    "--repo",
    publisher.repo,
    "--keys",
    publisher.keys,
    "--data",
    names["DATA"] as string,
  ];
  const { states } = (await run(args, START + hours * HOUR)) as unknown as States;
  return states.rings.map(({ ring, state, percent }) =>
    state === "empty" ? `${ring} empty` : `${ring} ${state} ${percent}`,
  );
};

it("brings a build from a draft to everyone, and a hotfix to the pilots, with the commands of the page", async () => {
  await openDrill();
  await follow("1.", 0);
  await follow("2.", 0);
  expect(await statesAt(0)).toEqual(["ring0 empty", "ring1 empty", "ga empty"]);
  const { lacking } = (await follow("3.", 0)) as unknown as { lacking: string[] };
  expect(lacking).toEqual(["no-critical-fault", "security-clean", "performance", "everybody-heard"]);
  expect(await statesAt(0)).toEqual(["ring0 running 100", "ring1 empty", "ga empty"]);

  await simulateUse("ring0", 0, 48);
  await follow("4.", 48);
  expect(await statesAt(48)).toEqual(["ring0 running 100", "ring1 running 100", "ga empty"]);
  expect(readFileSync(names["RECORD"] as string, "utf8")).toContain("Every required item has evidence.");

  await follow("5.", 50);
  await simulateUse("ring1", 48, 216);
  await follow("6.", 216);
  expect(await statesAt(216)).toEqual(["ring0 running 100", "ring1 running 100", "ga running 10"]);

  await simulateUse("ga", 216, 240);
  await follow("7.", 240);
  expect(await statesAt(240)).toEqual(["ring0 running 100", "ring1 running 100", "ga running 50"]);
  // Two days later it is Sunday, outside the deployment window, so it waits for Tuesday.
  await simulateUse("ga", 240, 336);
  const { decisions } = (await follow("8.", 336)) as unknown as { decisions: number };
  expect(await statesAt(336)).toEqual(["ring0 running 100", "ring1 running 100", "ga running 100"]);
  expect(decisions).toBeGreaterThan(8);

  version = "1.1.1";
  names["BUILD"] = await publisher.build(version);
  names["RING1-LIST"] = publisher.path("hotfix.json");
  // A Saturday.
  const { states } = (await follow("9.", 432)) as unknown as {
    states: { rings: { promotion?: { lane?: string; overrides: object[] } }[] };
  };
  expect(states.rings[1]?.promotion).toMatchObject({
    lane: "p1",
    overrides: [{ code: "verdict", reason: "Every hour leaves the hole open" }],
  });
});

it("runs every command of the page", () => {
  const tried = SECTIONS.filter(({ title }) => /^\d\./.test(title));
  expect(tried).toHaveLength(9);
  expect(SECTIONS.filter((one) => !tried.includes(one)).flatMap(({ commands }) => commands)).toEqual([]);
});
