import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { formatRecord } from "../../../src-shared/ledger/index.ts";
import { feedKey } from "../../fakes/feed-repository.ts";
import { setHalt, setSecurity } from "../../fakes/update-feed.ts";
import { ACCEPTED, outcomeOf, release } from "./attack.ts";
import { UpdateFixture } from "./update-fixture.ts";

vi.setConfig({ testTimeout: 30_000 });

type Step = (fixture: UpdateFixture) => void | Promise<unknown>;
type Attack = readonly [name: string, outcome: string, ...steps: Step[]];

const halt =
  (members: object): Step =>
  ({ repository }) => {
    setHalt(repository, "ga", members);
    repository.publish("halt");
  };
const entry = (build: string, seq: number) => ({ build, seq, issued: 1, reason: "" });
const forget: Step = ({ data }) => rmSync(join(data, "metadata"), { recursive: true });
const fromStick: Step = (fixture) => {
  fixture.stickRoot = fixture.exportToStick();
  fixture.isOnline = false;
};
const replaceHaltKey: Step = ({ repository }) => {
  repository.delegate("halt", [feedKey("halt-2")], 1, ["halts/*/*"], { "uvv:generation": 2 });
  setHalt(repository, "ga", { seq: 1, halts: [] });
  repository.publish("targets", "halt");
};
const invented = Array.from({ length: 500 }, (_, i) => entry(`invented-${i}`, 9));

// Each begins with a computer that has seen the halt of build 2, which its ring runs (document 4 of the ring's halts).
const ATTACKS: readonly Attack[] = [
  ["another build is halted instead", "hold HALTED", halt({ seq: 5, build: "build-1" })],
  ["nothing is halted any more", "hold HALTED", halt({ seq: 5, halts: [] })],
  ["the app is started again without its copy of the feed", "hold HALTED", halt({ seq: 5, halts: [] }), forget],
  ["a stick brings the shortened document", "hold HALTED", halt({ seq: 5, halts: [] }), fromStick],
  ["the numbers end", "hold HALTED", halt({ seq: 2 ** 53 - 1, halts: [] })],
  ["500 invented builds are halted instead", "hold HALTED", halt({ seq: 9, halts: invented })],
  [
    "the halt is shown with the number of one that was lifted",
    "hold HALTED",
    halt({ seq: 5, halts: [entry("build-2", 1)] }),
    (fixture) => release(fixture, { seq: 2, resumed: [{ build: "build-2", generation: 1, seq: 1 }] }),
  ],
  [
    "the document is withdrawn",
    "HALT_REPLAYED",
    ({ repository }) => {
      delete repository.role("halt").targets["halts/ga/halt.json"];
      repository.publish("halt");
    },
  ],
  ["an older document comes back", "HALT_REPLAYED", halt({ seq: 3, halts: [] })],
  ["another document has the same number", "HALT_REPLAYED", halt({ seq: 4, halts: [] })],
  [
    "the ring releases the next build, with the halted one as the fallback",
    "hold HALTED",
    halt({ seq: 5, halts: [] }),
    (fixture) => release(fixture, { seq: 2, build: "build-3", fallback: "build-2", basisPoints: 0 }),
  ],
  [
    "the ring goes back to the halted build",
    "hold HALTED",
    halt({ seq: 5, halts: [] }),
    (fixture) => {
      fixture.version = "3.0.0";
      release(fixture, { seq: 2, kind: "rollback", build: "build-2", from: ["build-3"], fallback: null });
    },
  ],
  [
    "the ring lifts the halt of another build",
    "hold HALTED",
    halt({ seq: 5, halts: [] }),
    (fixture) => release(fixture, { seq: 2, resumed: [{ build: "build-1", generation: 9, seq: 9 }] }),
  ],
  ["the halt key is replaced, and its owner halts nothing", "hold HALTED", replaceHaltKey],
  [
    "the halt is dropped while the computer reads the feed of another ring",
    "hold HALTED",
    async (fixture) => {
      fixture.ring = "ring1";
      setHalt(fixture.repository, "ring1", { seq: 9, halts: [] });
      await halt({ seq: 5, halts: [] })(fixture);
      await outcomeOf(fixture);
      fixture.ring = "ga";
    },
  ],
];

// What lifts the halt: the ring names it, or targets declares the halts of the replaced key void.
const LIFTED: readonly Attack[] = [
  ["the ring names it", ACCEPTED, (fixture) => resume(fixture, { generation: 1, seq: 4 })],
  ["the ring names a later one", ACCEPTED, halt({ seq: 7 }), (fixture) => resume(fixture, { generation: 1, seq: 7 })],
  [
    "and the next release still says so",
    ACCEPTED,
    (fixture) => {
      const resumed = [{ build: "build-2", generation: 1, seq: 4 }];
      release(fixture, { seq: 3, build: "build-3", fallback: "build-2", basisPoints: 0, resumed });
    },
  ],
  [
    "targets declares it void with the new halt key",
    ACCEPTED,
    replaceHaltKey,
    ({ repository }) => {
      setSecurity(repository, { seq: 2, haltGeneration: 2 });
      repository.publish("targets");
    },
  ],
  [
    "but not if the new key halts it again",
    "hold HALTED",
    replaceHaltKey,
    ({ repository }) => {
      setSecurity(repository, { seq: 2, haltGeneration: 2 });
      setHalt(repository, "ga", { seq: 2 });
      repository.publish("targets", "halt");
    },
  ],
];

function resume(fixture: UpdateFixture, named: { generation: number; seq: number }): void {
  release(fixture, { seq: 2, kind: "resume", resumed: [{ build: "build-2", ...named }] });
}

/** Shows the halt to the computer, performs the steps, and checks once more. */
async function afterHalt(steps: readonly Step[]): Promise<[string, UpdateFixture]> {
  const fixture = await UpdateFixture.begin();
  await halt({ seq: 4 })(fixture);
  expect(await outcomeOf(fixture)).toBe("hold HALTED");
  for (const step of steps) await step(fixture);
  return [await outcomeOf(fixture, fixture.stickRoot === undefined ? "web" : "stick"), fixture];
}

const casesOf = (attacks: readonly Attack[]) => attacks.map(([name, outcome, ...steps]) => ({ name, outcome, steps }));

describe("a build whose halt was seen stays halted", () => {
  it.each(casesOf(ATTACKS))("$name: $outcome", async ({ outcome, steps }) => {
    const [seen, fixture] = await afterHalt(steps);
    expect(seen).toBe(outcome);
    expect(fixture.installed).toEqual([]);
  });

  it(`in ${ATTACKS.length} of ${ATTACKS.length} attacks`, () => {
    process.stdout.write(`${ATTACKS.length} attacks with a halt key\n`);
  });
});

describe("a halt that was seen is lifted", () => {
  it.each(casesOf(LIFTED))("$name: $outcome", async ({ outcome, steps }) => {
    expect((await afterHalt(steps))[0]).toBe(outcome);
  });
});

describe("the ledger", () => {
  it("does not grow with builds that the feed does not list", async () => {
    const fixture = await UpdateFixture.begin();
    await halt({ seq: 9, halts: [entry("build-2", 9), ...invented.slice(1)] })(fixture);
    await outcomeOf(fixture);
    const head = fixture.ledger!.head();
    expect([...head.updates.halted]).toEqual([["ga/build-2", { generation: 1, sequence: 9 }]]);
    expect(formatRecord({ installId: "", gen: 1, head, unknown: {} }).length).toBeLessThan(1000);
  });

  it("keeps a halt in the keychain too", async () => {
    const [, fixture] = await afterHalt([]);
    rmSync(join(fixture.data, "ledger", "ledger.json"));
    await halt({ seq: 5, halts: [] })(fixture);
    expect(await outcomeOf(fixture)).toBe("hold HALTED");
  });
});
