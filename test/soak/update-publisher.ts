import { DAY } from "../../src-shared/units.ts";
import { feedKey, type FeedRepository } from "../fakes/feed-repository.ts";
import { addBuild, setHalt, setRelease, setSecurity } from "../fakes/update-feed.ts";
import { T } from "../main/updates/update-fixture.ts";

/** The content of one published state, for the checks on the app. */
export type PublishedState = {
  /** The number of this published state. */
  readonly index: number;
  readonly files: ReadonlyMap<string, Buffer>;
  /** The builds that this state offers to an install. */
  readonly offered: readonly number[];
  readonly kind: "forward" | "rollback" | "resume";
  readonly halted: ReadonlySet<number>;
  readonly revoked: ReadonlySet<number>;
  readonly floor: number;
  readonly listed: ReadonlySet<number>;
  readonly expires: number;
};

const idOf = (build: number) => `build-${build}`;
export const contentOf = (build: number) => `bytes of build-${build}`;

/** A publisher who makes no mistakes but has his own clock; builds are identified by their numbers. */
export class UpdatePublisher {
  readonly published: PublishedState[] = [];
  time = T;
  private readonly repository: FeedRepository;
  private readonly listed = new Set([1, 2, 3]);
  private readonly revoked = new Set<number>();
  private floor = 0;
  private seqs = { release: 1, halt: 0, security: 1 };
  private generation = 1;
  private serverKeys = 1;
  private release: { kind: PublishedState["kind"]; build: number; fallback: number | null; basisPoints: number } = {
    kind: "forward",
    build: 2,
    fallback: null,
    basisPoints: 10_000,
  };
  /** By build, the number of the document that halted it, and of the halt that was lifted. */
  private readonly halts = new Map<number, number>();
  private readonly resumed = new Map<number, number>();

  constructor(repository: FeedRepository) {
    this.repository = repository;
    this.repository.timestamp.expires = this.expiry();
    this.repository.writeRole("timestamp");
    this.record();
  }

  get newest(): PublishedState {
    return this.published.at(-1) as PublishedState;
  }

  get build(): number {
    return this.release.build;
  }

  /** Releases a new build to a share of all installs. */
  ship(basisPoints: number): void {
    const build = this.list();
    const fallback = this.revoked.has(this.release.build) ? null : this.release.build;
    this.release = { kind: "forward", build, fallback, basisPoints };
    this.publishRelease("builds");
  }

  /** Releases an unlisted build with the ring's key: the most that a thief of that key can do. */
  misuseRingKey(): void {
    const { release } = this;
    this.release = { ...release, kind: "forward", build: 9000, fallback: null };
    this.publishRelease();
    this.release = release;
  }

  haltRelease(): void {
    const seq = ++this.seqs.halt;
    this.halts.set(this.release.build, seq);
    const halts = Array.from(this.halts, ([build, since]) => ({
      build: idOf(build),
      seq: since,
      issued: T,
      reason: "",
    }));
    setHalt(this.repository, "ga", { seq, halts });
    this.publish("halt");
  }

  resume(): void {
    const { build } = this.release;
    const halt = this.halts.get(build);
    if (halt === undefined || !this.isHalted(build)) return;
    this.resumed.set(build, halt);
    this.release = { ...this.release, kind: "resume", fallback: null, basisPoints: 10_000 };
    this.publishRelease();
  }

  rollBack(): void {
    const before = [...this.listed].filter((one) => one < this.release.build && !this.revoked.has(one));
    const build = before.at(-1);
    if (build === undefined || build < this.floor) return;
    this.release = { kind: "rollback", build, fallback: null, basisPoints: 10_000 };
    this.publishRelease();
  }

  revoke(): void {
    this.revoked.add(this.release.build);
    this.publishSecurity();
  }

  raiseFloor(): void {
    this.floor = Math.max(this.floor, this.release.build - 1);
    this.publishSecurity();
  }

  refresh(): void {
    this.publish();
  }

  /** Replaces the ring's keys, in the next generation; the sequence numbers start again. */
  replaceRingKeys(): void {
    this.generation++;
    const keys = [1, 2, 3].map((one) => feedKey(`ga-${this.generation}-${one}`));
    this.repository.delegate("ga", keys, 2, ["rings/ga/*"], { "uvv:generation": this.generation });
    this.seqs.release = 0;
    this.publishRelease("targets");
  }

  /** A thief has the server's keys and raises its version numbers; the publisher replaces the keys. */
  loseServerKeys(): void {
    const { repository } = this;
    repository.timestamp.version = 2 ** 31;
    repository.writeRole("timestamp");
    this.record();
    this.serverKeys++;
    const members = { "uvv:generation": this.serverKeys };
    repository.rotateRoot(() => {
      for (const role of ["timestamp", "snapshot"])
        repository.setTopKeys(role, [feedKey(`${role}-${this.serverKeys}`)], 1, members);
    });
    repository.timestamp.version = 0;
    repository.snapshot.version = 0;
    this.publish();
  }

  /** Releases a new, highest build to all: every install must accept it, whatever happened before. */
  shipForAll(): number {
    this.ship(10_000);
    return this.release.build;
  }

  private isHalted(build: number): boolean {
    return (this.halts.get(build) ?? 0) > (this.resumed.get(build) ?? 0);
  }

  private list(): number {
    const build = Math.max(...this.listed) + 1;
    this.listed.add(build);
    addBuild(this.repository, idOf(build), {}, contentOf(build));
    return build;
  }

  private publishRelease(...more: string[]): void {
    const { kind, build, fallback, basisPoints } = this.release;
    const from = [...this.listed].filter((one) => one !== build).map(idOf);
    setRelease(this.repository, "ga", {
      seq: ++this.seqs.release,
      kind: kind === "resume" && !this.resumed.has(build) ? "forward" : kind,
      build: idOf(build),
      fallback: fallback === null ? null : idOf(fallback),
      basisPoints,
      from: kind === "rollback" ? from : [],
      resumed: Array.from(this.resumed, ([one, halt]) => ({ build: idOf(one), generation: 1, seq: halt })),
    });
    this.publish(...more, "ga");
  }

  private publishSecurity(): void {
    const revokedBuilds = [...this.revoked].map(idOf);
    setSecurity(this.repository, { seq: ++this.seqs.security, buildFloor: this.floor, revokedBuilds });
    this.publish("targets");
  }

  private publish(...roles: string[]): void {
    this.repository.timestamp.expires = this.expiry();
    this.repository.publish(...roles);
    this.record();
  }

  private record(): void {
    const { build, fallback, basisPoints, kind } = this.release;
    this.published.push({
      index: this.published.length,
      files: new Map(this.repository.files),
      offered: [build, ...(fallback !== null && basisPoints < 10_000 ? [fallback] : [])],
      kind,
      halted: new Set([...this.halts.keys()].filter((one) => this.isHalted(one))),
      revoked: new Set(this.revoked),
      floor: this.floor,
      listed: new Set(this.listed),
      expires: this.time + 2 * DAY,
    });
  }

  private expiry(): string {
    return new Date((this.time + 2 * DAY) * 1000).toISOString().replace(/\.\d+/, "");
  }
}
