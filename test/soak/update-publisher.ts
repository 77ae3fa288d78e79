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
  readonly halted: number | undefined;
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
  private halt: { build: number; seq: number; isUndone: boolean } | undefined;

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
    this.halt = { build: this.release.build, seq: ++this.seqs.halt, isUndone: false };
    setHalt(this.repository, "ga", { build: idOf(this.halt.build), seq: this.halt.seq });
    this.publish("halt");
  }

  resume(): void {
    if (!this.halt || this.halt.isUndone || this.halt.build !== this.release.build) return;
    this.halt.isUndone = true;
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

  private list(): number {
    const build = Math.max(...this.listed) + 1;
    this.listed.add(build);
    addBuild(this.repository, idOf(build), {}, contentOf(build));
    return build;
  }

  private publishRelease(...more: string[]): void {
    const { kind, build, fallback, basisPoints } = this.release;
    const from = [...this.listed].filter((one) => one !== build).map(idOf);
    const undoneHalt = this.halt?.isUndone === true && this.halt.build === build ? this.halt : undefined;
    setRelease(this.repository, "ga", {
      seq: ++this.seqs.release,
      kind: kind === "resume" && !undoneHalt ? "forward" : kind,
      build: idOf(build),
      fallback: fallback === null ? null : idOf(fallback),
      basisPoints,
      from: kind === "rollback" ? from : [],
      ...(undoneHalt ? { halt: { build: idOf(undoneHalt.build), generation: 1, seq: undoneHalt.seq } } : {}),
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
