import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  compareCounters,
  type Counter,
  EMPTY_LEDGER,
  formatRecord,
  type LedgerHead,
  parseRecord,
  raise,
} from "../../../src-shared/ledger/index.ts";
import {
  type BuildId,
  type Feed,
  type HaltReference,
  ledgerUpdateFromFeed,
  listBuilds,
  refuseReplay,
} from "../../../src-shared/updates/index.ts";
import { testId } from "../../fakes/test-keys.ts";
import { haltClaims, releaseClaims, securityClaims } from "./documents.ts";
import { countedDocument, decide, feed, T, target } from "./feeds.ts";

vi.setConfig({ testTimeout: 60_000 });

const RUNS = 2000;
const BUILDS = ["build-1", "build-2", "build-3"];
const build = fc.constantFrom(...BUILDS);
const seq = fc.integer({ min: 1, max: 5 });

/** What the holder of the halt key can do: publish any document, show any older one, show none. */
const byHaltKey = fc.oneof(
  fc.record({
    kind: fc.constant("halts" as const),
    seq,
    builds: fc.array(fc.record({ build, seq }), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("withdraw" as const) }),
  fc.record({ kind: fc.constant("replay" as const), back: fc.integer({ min: 1, max: 4 }) }),
);
const byComputer = fc.record({ kind: fc.constant("restart" as const) });
/** What the ring's keys can do, other than to lift a halt. */
const byRing = fc.oneof(
  fc.record({ kind: fc.constantFrom("forward" as const, "rollback" as const), build, fallback: fc.option(build) }),
  fc.record({ kind: fc.constant("forget-resumed" as const) }),
);
/** The ring lifts a halt: of the build that it runs from then on, or of another one. */
const resume = fc.record({ kind: fc.constantFrom("resume" as const, "lift" as const), build });
const byTargets = fc.oneof(
  fc.record({ kind: fc.constant("new-halt-key" as const), isVoid: fc.boolean() }),
  fc.record({ kind: fc.constant("revoke" as const), build }),
  fc.record({ kind: fc.constant("list" as const), builds: fc.subarray(BUILDS) }),
);
type EventOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Event = EventOf<typeof byHaltKey | typeof byComputer | typeof byRing | typeof resume | typeof byTargets>;

/** A feed that changes by events, one installation that follows it, and what a person with a notebook would note down. */
class Sequence {
  installed = 0;
  lifted = 0;
  private release = { seq: 1, kind: "forward", build: "build-2", fallback: null as string | null };
  private resumed: HaltReference[] = [];
  private halts: { seq: number; builds: readonly { build: string; seq: number }[] } | undefined;
  private shownHalts: Sequence["halts"][] = [];
  private generation = 1;
  private security = { seq: 1, haltGeneration: 1, revokedBuilds: [] as string[] };
  private listed: readonly string[] = BUILDS;
  private head: LedgerHead = EMPTY_LEDGER;
  /** The notebook: the latest halt of each build that the installation was shown. */
  private readonly seen = new Map<string, Counter>();

  apply(event: Event): void {
    switch (event.kind) {
      case "halts": {
        const builds = [...new Map(event.builds.map((one) => [one.build, one])).values()];
        this.halts = { seq: event.seq, builds: builds.filter((one) => one.seq <= event.seq) };
        break;
      }
      case "withdraw":
        this.halts = undefined;
        break;
      case "replay":
        this.halts = this.shownHalts.at(-event.back);
        break;
      case "restart": {
        const text = formatRecord({ installId: testId("install"), gen: 1, head: this.head, unknown: {} });
        this.head = parseRecord(text)!.head;
        return;
      }
      case "forward":
      case "rollback":
        this.release = { ...event, seq: this.release.seq + 1 };
        break;
      case "forget-resumed":
        this.resumed = [];
        this.release = { ...this.release, seq: this.release.seq + 1 };
        break;
      case "lift":
      case "resume": {
        const halt = this.halts?.builds.find((one) => one.build === event.build);
        if (!halt) return;
        const named = { build: event.build as BuildId, generation: this.generation, seq: halt.seq };
        this.resumed = [...this.resumed.filter((one) => one.build !== event.build), named];
        const next = event.kind === "lift" ? this.release : { kind: "resume", build: event.build, fallback: null };
        this.release = { ...next, seq: this.release.seq + 1 };
        break;
      }
      case "new-halt-key":
        this.generation++;
        this.halts = { seq: 1, builds: [] };
        if (event.isVoid) this.security = { ...this.security, haltGeneration: this.generation };
        this.security.seq++;
        break;
      case "revoke":
        this.security = { ...this.security, seq: this.security.seq + 1, revokedBuilds: [event.build] };
        break;
      case "list":
        this.listed = event.builds;
    }
    this.check();
  }

  private feed(): Feed {
    const { halts } = this;
    const { kind, ...release } = this.release;
    // A resume that no longer names its halt is not a valid document: the same build, as an ordinary release.
    const isResume = kind === "resume" && this.resumed.some((one) => one.build === release.build);
    const members = {
      ...release,
      kind: kind === "resume" && !isResume ? "forward" : kind,
      from: kind === "rollback" ? BUILDS.filter((one) => one !== release.build) : [],
      resumed: this.resumed,
    };
    const entries = halts?.builds.map((one) => ({ ...one, issued: T, reason: "" })) ?? [];
    return feed({
      release: countedDocument(releaseClaims(members)),
      halts: halts && countedDocument(haltClaims({ seq: halts.seq, halts: entries }), this.generation),
      security: countedDocument(securityClaims(this.security)),
      builds: listBuilds(this.listed.map((one) => target(one))),
    });
  }

  private check(): void {
    const given = this.feed();
    if (!refuseReplay(given, this.head).ok) return this.mustBeRefused(given);
    this.shownHalts.push(this.halts);
    const before = this.head;
    this.head = raise(before, ledgerUpdateFromFeed(given, T));
    this.note();
    for (const version of ["1.0.0", "2.0.0", "3.0.0"]) {
      const decision = decide(given, { here: { version }, head: this.head, trigger: "by-hand" });
      if (decision.kind === "install") this.mayInstall(decision.build.buildId);
      // Without its halts the same feed decides the same, or was stopped: a halt key starts nothing.
      const without = decide({ ...given, halts: undefined }, { here: { version }, trigger: "by-hand" });
      if (decision.kind === "hold" && decision.reason === "HALTED") continue;
      expect(decision).toEqual(without);
    }
  }

  private mustBeRefused(given: Feed): void {
    expect(decide(given, { head: this.head }).kind).toBe("refused");
  }

  private note(): void {
    for (const { build: halted, seq: sequence } of this.halts?.builds ?? []) {
      if (!this.listed.includes(halted)) continue;
      const counter = { generation: this.generation, sequence };
      const known = this.seen.get(halted);
      if (!known || compareCounters(counter, known) > 0) this.seen.set(halted, counter);
    }
  }

  private mayInstall(id: BuildId): void {
    this.installed++;
    const halt = this.seen.get(id);
    if (!halt || halt.generation < this.security.haltGeneration) return;
    const named = this.resumed.find((one) => one.build === id);
    expect(named, `${id} was halted and never resumed`).toBeDefined();
    expect(compareCounters({ generation: named!.generation, sequence: named!.seq }, halt)).toBeGreaterThanOrEqual(0);
    this.lifted++;
  }
}

function run(events: readonly Event[]): Sequence {
  const sequence = new Sequence();
  for (const event of events) sequence.apply(event);
  return sequence;
}

describe("whoever has the halt key can stop updates, and nothing else", () => {
  it("in all sequences of halts, releases, resumes, replays, new keys and restarts", () => {
    let [installed, lifted] = [0, 0];
    const events = fc.oneof(
      { weight: 4, arbitrary: byHaltKey },
      { weight: 2, arbitrary: resume },
      { weight: 2, arbitrary: byRing },
      byTargets,
      byComputer,
    );
    fc.assert(
      fc.property(fc.array(events, { minLength: 4, maxLength: 24 }), (sequence) => {
        const done = run(sequence);
        installed += done.installed;
        lifted += done.lifted;
      }),
      { numRuns: RUNS },
    );
    process.stdout.write(`${RUNS} sequences: ${installed} installations allowed, ${lifted} of them after a resume\n`);
    expect(installed).toBeGreaterThan(RUNS / 5);
    expect(lifted).toBeGreaterThan(RUNS / 50);
  });

  it("in all sequences of a thief who has only this key: the halted build of the ring never comes", () => {
    let refusedAll = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(byHaltKey, byComputer), { maxLength: 12 }), (sequence) => {
        const first: Event = { kind: "halts", seq: 2, builds: [{ build: "build-2", seq: 2 }] };
        expect(run([first, ...sequence]).installed).toBe(0);
        refusedAll++;
      }),
      { numRuns: RUNS },
    );
    expect(refusedAll).toBe(RUNS);
  });
});
