import { DAY } from "../../src-shared/units.ts";
import { feedKey, type FeedRepository } from "../fakes/feed-repository.ts";
import { addBuild, setHalt, setRelease, setSecurity } from "../fakes/update-feed.ts";
import { T } from "../main/updates/update-fixture.ts";

/** What one published state says, for whoever judges the app by it. */
export type Truth = {
  /** Counts the published states. */
  readonly index: number;
  readonly files: ReadonlyMap<string, Buffer>;
  /** The builds that this state lets an install have. */
  readonly meant: readonly number[];
  readonly kind: "forward" | "rollback" | "resume";
  readonly halted: number | undefined;
  readonly revoked: ReadonlySet<number>;
  readonly floor: number;
  readonly listed: ReadonlySet<number>;
  readonly expires: number;
};

const idOf = (build: number) => `build-${build}`;
export const contentOf = (build: number) => `bytes of build-${build}`;

/** A publisher who makes no mistake but knows his own time; builds are called by their numbers. */
export class UpdatePublisher {
  readonly published: Truth[] = [];
  time = T;
  private readonly repository: FeedRepository;
  private readonly listed = new Set([1, 2, 3]);
  private readonly revoked = new Set<number>();
  private floor = 0;
  private seqs = { release: 1, halt: 0, security: 1 };
  private generation = 1;
  private serverKeys = 1;
  private release: { kind: Truth["kind"]; build: number; fallback: number | null; basisPoints: number } = {
    kind: "forward",
    build: 2,
    fallback: null,
    basisPoints: 10_000,
  };
  private halt: { build: number; seq: number; isUndone: boolean } | undefined;

  constructor(repository: FeedRepository) {
    this.repository = repository;
    this.repository.timestamp.expires = this.expiry();
    this.repository.writeRole("timestamp");
    this.record();
  }

  get newest(): Truth {
    return this.published.at(-1) as Truth;
  }

  get build(): number {
    return this.release.build;
  }

  /** A new build for a share of everyone. */
  ship(basisPoints: number): void {
    const build = this.list();
    const fallback = this.revoked.has(this.release.build) ? null : this.release.build;
    this.release = { kind: "forward", build, fallback, basisPoints };
    this.publishRelease("builds");
  }

  /** A ring key that names what nobody listed: as far as a thief with that key gets. */
  misuseRingKey(): void {
    const { release } = this;
    this.release = { ...release, kind: "forward", build: 9000, fallback: null };
    this.publishRelease();
    this.release = release;
  }

  stop(): void {
    this.halt = { build: this.release.build, seq: ++this.seqs.halt, isUndone: false };
    setHalt(this.repository, "ga", { build: idOf(this.halt.build), seq: this.halt.seq });
    this.publish("halt");
  }

  goOn(): void {
    if (!this.halt || this.halt.isUndone || this.halt.build !== this.release.build) return;
    this.halt.isUndone = true;
    this.release = { ...this.release, kind: "resume", fallback: null, basisPoints: 10_000 };
    this.publishRelease();
  }

  goBack(): void {
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

  /** New keys of the ring, in the next generation, and the numbers begin anew. */
  replaceRingKeys(): void {
    this.generation++;
    const keys = [1, 2, 3].map((one) => feedKey(`ga-${this.generation}-${one}`));
    this.repository.delegate("ga", keys, 2, ["rings/ga/*"], { "uvv:generation": this.generation });
    this.seqs.release = 0;
    this.publishRelease("targets");
  }

  /** A thief has the server's keys and drives its numbers up; the publisher replaces them. */
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

  /** What every install with any past must take: a new build for all, above everything. */
  shipForAll(): number {
    this.ship(10_000);
    return this.release.build;
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
    const undone = this.halt?.isUndone === true && this.halt.build === build ? this.halt : undefined;
    setRelease(this.repository, "ga", {
      seq: ++this.seqs.release,
      kind: kind === "resume" && !undone ? "forward" : kind,
      build: idOf(build),
      fallback: fallback === null ? null : idOf(fallback),
      basisPoints,
      from: kind === "rollback" ? from : [],
      ...(undone ? { halt: { build: idOf(undone.build), generation: 1, seq: undone.seq } } : {}),
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
      meant: [build, ...(fallback !== null && basisPoints < 10_000 ? [fallback] : [])],
      kind,
      halted: this.halt && !this.halt.isUndone ? this.halt.build : undefined,
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
