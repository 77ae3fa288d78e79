import type { AlertKind } from "../alerts/index.ts";
import type { EventStore, StoreCounts, ProbeTarget, NormalizedEvent, Ticket } from "../../gates/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs, UnixSeconds } from "../../../src-shared/units.ts";

/**
 * All that a ring server keeps; the server itself keeps nothing. Every method rejects with the database's own error,
 * having changed nothing: `storageProblemOf` knows which of them are no bugs.
 */
export type RingStore = EventStore & {
  /** Takes several batches in one transaction: what this returned for is on disk. */
  readonly takeAll: (
    batches: readonly (readonly NormalizedEvent[])[],
    receivedAt: UnixMs,
  ) => Promise<readonly StoreCounts[]>;
  /** The versions of those sessions of a computer that have told theirs. */
  readonly versionsOf: (machine: string, sessions: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /**
   * A computer showed a valid enrolment of this ring, issued at a time. The newest counts, and none brings a computer back
   * whose enrolment has ended. Gives what counts.
   */
  readonly recordEnrolment: (machine: string, ring: Ring, issued: UnixSeconds) => Promise<Enrolment>;
  /** Ends its enrolment: it is a computer of no ring, is not missed where it is silent, and nothing more is taken from it. */
  readonly unenrol: (machine: string) => Promise<void>;
  readonly ringOf: (machine: string) => Promise<Enrolment | undefined>;
  /**
   * Forgets a computer: its events, and what they added. Its enrolment stays, and counts as silent. A wish that is not
   * newer than the last one was fulfilled before: repeated by anyone, it removes nothing.
   */
  readonly erase: (machine: string, askedAt: UnixMs) => Promise<{ readonly events: number }>;
  /** Makes the aggregates again from the events. */
  readonly rebuild: () => Promise<{ readonly events: number }>;
  readonly setTicket: (id: string, ring: Ring, openedAt: UnixMs, closedAt: UnixMs | undefined) => Promise<void>;
  readonly ticket: (id: string) => Promise<(Ticket & { readonly ring: Ring }) | undefined>;
  /** Operations by the hour that they were heard in, from an hour's edge on. */
  readonly hours: (ring: Ring, version: string, from: UnixMs) => Promise<readonly HourlyCounts[]>;
  /** What was told of a release besides sessions and steps that went well, the newest first. */
  readonly recentEvents: (ring: Ring, version: string, most: number) => Promise<readonly NotableEvent[]>;
  /** A place was asked for: kept is when it was last reached, or else when it was first asked for in vain. */
  readonly recordProbe: (place: ProbeTarget, at: UnixMs, isReached: boolean) => Promise<void>;
  /** Nobody asks for the place any more: it is no outage. */
  readonly forgetProbeTarget: (place: ProbeTarget) => Promise<void>;
  readonly decisions: DecisionRepository;
  readonly incidents: IncidentRepository;
  readonly sessions: SessionRepository;
  readonly accounts: AccountRepository;
  readonly leadership: Leadership;
  readonly close: () => Promise<void>;
};

/** The ring that a computer belongs to, or that it belongs to none any more. */
export type Enrolment = Ring | "ended";

/** What was heard in the hour that ends at `at`. */
export type HourlyCounts = { readonly at: UnixMs; readonly operations: number; readonly failed: number };

/** A refusal, a step that failed, an answer or a problem, as a computer told it. */
export type NotableEvent = {
  readonly machine: string;
  readonly at: UnixMs;
  readonly event: Exclude<TelemetryEvent, { readonly kind: "session" }>;
};

/** One line of the decision log, as it was written. */
export type DecisionLine = { readonly n: number; readonly line: string };

export type DecisionRepository = {
  /** Adds one line, durably, that is made from the last. Where another is added first, it is made again from that one. */
  readonly append: (next: (last: DecisionLine | undefined) => DecisionLine) => Promise<void>;
  readonly all: () => Promise<readonly DecisionLine[]>;
  /** How many lines there are, and the last: whether the log has changed, without reading all of it. */
  readonly end: () => Promise<{ readonly count: number; readonly last: DecisionLine | undefined }>;
};

/** An incident as it is kept. `alertsSent`: how many alerts about it were delivered. */
export type IncidentRecord = {
  readonly id: string;
  readonly kind: AlertKind;
  readonly ring: Ring;
  readonly version: string;
  readonly detail: string;
  readonly openedAt: UnixMs;
  readonly alertsSent: number;
  readonly acknowledgedAt: UnixMs | null;
  readonly resolvedAt: UnixMs | null;
};

export type IncidentRepository = {
  /** Those that are not over, by their id. */
  readonly open: () => Promise<readonly IncidentRecord[]>;
  /** Keeps what is wrong now: what is new or was over begins, and what is known gets its new detail. */
  readonly upsert: (
    found: readonly Pick<IncidentRecord, "id" | "kind" | "ring" | "version" | "detail">[],
    now: UnixMs,
  ) => Promise<void>;
  readonly setAlertsSent: (id: string, count: number) => Promise<void>;
  readonly resolve: (id: string, now: UnixMs) => Promise<void>;
  /** Whether there was such an incident, unanswered. */
  readonly acknowledge: (id: string, now: UnixMs) => Promise<boolean>;
};

/** Who is logged in, by the hash of what their browser sends. */
export type SessionRepository = {
  /** Keeps one, and forgets those that have ended. */
  readonly open: (token: string, name: string, expires: UnixMs, now: UnixMs) => Promise<void>;
  readonly nameOf: (token: string, now: UnixMs) => Promise<string | undefined>;
  readonly close: (token: string) => Promise<void>;
};

/** Who may log in. The hash and its salt are base64url. */
export type AccountRecord = {
  readonly name: string;
  readonly role: "viewer" | "manager";
  readonly salt: string;
  readonly hash: string;
};

export type AccountRepository = {
  readonly put: (account: AccountRecord) => Promise<void>;
  readonly find: (name: string) => Promise<AccountRecord | undefined>;
  readonly remove: (name: string) => Promise<boolean>;
};

/** Of several servers on one database, one judges the rings, halts and tells people. */
export type Leadership = {
  /** Whether it is this one, from now until it ends or loses its database. */
  readonly isOurs: () => Promise<boolean>;
  /** Asks the one that leads to look soon. */
  readonly call: () => Promise<void>;
  /** What to do when another asks. */
  readonly onCall: (listener: () => void) => void;
};
