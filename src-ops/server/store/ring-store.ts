import type { AlertKind } from "../alerts/index.ts";
import type { EventStore, StoreCounts, ProbeTarget, NormalizedEvent, Ticket } from "../../gates/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs, UnixSeconds } from "../../../src-shared/units.ts";

/**
 * Everything that a ring server stores; the process itself holds no state that must survive. A method that fails rejects
 * with the database's own error and has changed nothing; `storageProblemOf` tells which of these errors are no bugs.
 */
export type RingStore = Omit<EventStore, "take"> & {
  /** Stores several batches in one transaction. Once it resolves, they are on disk. */
  readonly takeAll: (
    batches: readonly (readonly NormalizedEvent[])[],
    receivedAt: UnixMs,
  ) => Promise<readonly StoreCounts[]>;
  /** The app's version in each of these sessions of a computer, where it is known. */
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
   * Erases a computer's events and their part of the sums. Its enrolment stays: the computer counts as silent. A request
   * that is not newer than the last one was fulfilled before: whoever repeats it, it erases nothing.
   */
  readonly erase: (machine: string, askedAt: UnixMs) => Promise<{ readonly events: number }>;
  /** Builds the aggregates again from the events. */
  readonly rebuild: () => Promise<{ readonly events: number }>;
  readonly setTicket: (id: string, ring: Ring, openedAt: UnixMs, closedAt: UnixMs | undefined) => Promise<void>;
  readonly ticket: (id: string) => Promise<(Ticket & { readonly ring: Ring }) | undefined>;
  /** Operations by the hour in which they were reported; `from` is the start of an hour. */
  readonly hours: (ring: Ring, version: string, from: UnixMs) => Promise<readonly HourlyCounts[]>;
  /** The events of a release without sessions and successful update steps, the newest first. */
  readonly recentEvents: (ring: Ring, version: string, most: number) => Promise<readonly NotableEvent[]>;
  /** Stores the result of a probe: when the target was last reached or, if it never was, when it was first probed. */
  readonly recordProbe: (target: ProbeTarget, at: UnixMs, isReached: boolean) => Promise<void>;
  /** The target is no longer probed: its result is removed, so that it is no outage. */
  readonly forgetProbeTarget: (target: ProbeTarget) => Promise<void>;
  readonly decisions: DecisionRepository;
  readonly incidents: IncidentRepository;
  readonly sessions: SessionRepository;
  readonly accounts: AccountRepository;
  readonly leadership: Leadership;
  readonly close: () => Promise<void>;
};

/** The ring that a computer belongs to, or that it belongs to none any more. */
export type Enrolment = Ring | "ended";

/** What was reported in the hour that ends at `at`. */
export type HourlyCounts = { readonly at: UnixMs; readonly operations: number; readonly failed: number };

/** A refusal, a failed update step, feedback or a problem, as a computer reported it. */
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
  /** The incidents that are not resolved, sorted by id. */
  readonly open: () => Promise<readonly IncidentRecord[]>;
  /** Stores the current incidents: one that is new or was resolved is opened, an open one gets its new detail. */
  readonly upsert: (
    found: readonly Pick<IncidentRecord, "id" | "kind" | "ring" | "version" | "detail">[],
    now: UnixMs,
  ) => Promise<void>;
  readonly setAlertsSent: (id: string, count: number) => Promise<void>;
  readonly resolve: (id: string, now: UnixMs) => Promise<void>;
  /** False where there is no such unacknowledged incident. */
  readonly acknowledge: (id: string, now: UnixMs) => Promise<boolean>;
};

/** Who is logged in, by the hash of the session cookie. */
export type SessionRepository = {
  /** Stores a session and removes the expired ones. */
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

/** Among several servers on one database, the leader alone judges the rings, halts releases and sends alerts. */
export type Leadership = {
  /** Whether this server leads: then it does until it ends or loses its database. */
  readonly isOurs: () => Promise<boolean>;
  /** Asks the leader to look soon. */
  readonly requestEvaluation: () => Promise<void>;
  /** Sets what to do when another server asks. */
  readonly onRequest: (listener: () => void) => void;
};
