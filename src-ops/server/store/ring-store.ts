import type { AlertKind } from "../alerts/index.ts";
import type { EventStore, StoreCounts, ProbeTarget, NormalizedEvent, Ticket } from "../../gates/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { Crash, TelemetryEvent } from "../../../src-shared/telemetry/index.ts";
import type { UnixMs, UnixSeconds } from "../../../src-shared/units.ts";

/**
 * Everything that a ring server stores; the process itself holds no state that must survive. A method that fails rejects
 * with the database's own error and has changed nothing; `storageProblemOf` tells which of these errors are not bugs.
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
   * Records that a computer sent a valid enrolment for this ring, with its issue time. The newest enrolment counts, but none
   * applies to a computer whose enrolment has ended. Returns the enrolment that counts.
   */
  readonly recordEnrolment: (machine: string, ring: Ring, issued: UnixSeconds) => Promise<Enrolment>;
  /** Ends its enrolment: it belongs to no ring, does not count as silent, and the server accepts no more events from it. */
  readonly unenrol: (machine: string) => Promise<void>;
  readonly ringOf: (machine: string) => Promise<Enrolment | undefined>;
  /**
   * Erases a computer's events and their share of the aggregates. Its enrolment stays, so the computer counts as silent. A
   * request that is not newer than the last one was already fulfilled, so it erases nothing.
   */
  readonly erase: (machine: string, askedAt: UnixMs) => Promise<{ readonly events: number }>;
  /** Recomputes the aggregates from the events. */
  readonly rebuild: () => Promise<{ readonly events: number }>;
  readonly setTicket: (id: string, ring: Ring, openedAt: UnixMs, closedAt: UnixMs | undefined) => Promise<void>;
  readonly ticket: (id: string) => Promise<(Ticket & { readonly ring: Ring }) | undefined>;
  /** Operations by the hour in which they were reported; `from` is the start of an hour. */
  readonly hours: (ring: Ring, version: string, from: UnixMs) => Promise<readonly HourlyCounts[]>;
  /** The events of a release without sessions and successful update steps, the newest first. */
  /** The crashes of a version in a ring since then, the most frequent kind first. */
  readonly crashes: (ring: Ring, version: string, from: UnixMs) => Promise<readonly CrashGroup[]>;
  readonly recentEvents: (ring: Ring, version: string, most: number) => Promise<readonly NotableEvent[]>;
  /** Stores the result of a probe: when the target was last reached or, if it never was, when it was first probed. */
  readonly recordProbe: (target: ProbeTarget, at: UnixMs, isReached: boolean) => Promise<void>;
  /** Removes the result of a target that is no longer probed, so that it does not count as an outage. */
  readonly forgetProbeTarget: (target: ProbeTarget) => Promise<void>;
  readonly decisions: DecisionRepository;
  readonly incidents: IncidentRepository;
  readonly deliveries: DeliveryRepository;
  readonly notes: NoteRepository;
  readonly sessions: SessionRepository;
  readonly accounts: AccountRepository;
  readonly browsers: BrowserRepository;
  readonly leadership: Leadership;
  readonly close: () => Promise<void>;
};

/** The ring that a computer belongs to; `ended` if its enrolment has ended. */
export type Enrolment = Ring | "ended";

/** What was reported in the hour that ends at `at`. */
export type HourlyCounts = { readonly at: UnixMs; readonly operations: number; readonly failed: number };

/** Crashes of one kind with one version: how many, and on how many computers. */
export type CrashGroup = Crash & { readonly count: number; readonly computers: number };

/** A refusal, a failed update step, a crash, feedback or a problem, as a computer reported it. */
export type NotableEvent = {
  readonly machine: string;
  readonly at: UnixMs;
  readonly event: Exclude<TelemetryEvent, { readonly kind: "session" }>;
};

/** One line of the decision log, as it was written. */
export type DecisionLine = { readonly n: number; readonly line: string };

export type DecisionRepository = {
  /** Durably adds one line, which `next` makes from the last line. If another line is added first, calls `next` again. */
  readonly append: (next: (last: DecisionLine | undefined) => DecisionLine) => Promise<void>;
  readonly all: () => Promise<readonly DecisionLine[]>;
  /** The number of lines and the last line, to find out whether the log has changed without reading all of it. */
  readonly end: () => Promise<{ readonly count: number; readonly last: DecisionLine | undefined }>;
};

/** A stored incident. `alertsSent`: how many alerts about it were delivered. */
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
  /** Stores the current incidents: new or resolved ones are opened, open ones get their new detail. */
  readonly upsert: (
    found: readonly Pick<IncidentRecord, "id" | "kind" | "ring" | "version" | "detail">[],
    now: UnixMs,
  ) => Promise<void>;
  readonly setAlertsSent: (id: string, count: number) => Promise<void>;
  /** Also removes its deliveries. */
  readonly resolve: (id: string, now: UnixMs) => Promise<void>;
  /** Resolves with false if there is no such unacknowledged incident. */
  readonly acknowledge: (id: string, now: UnixMs) => Promise<boolean>;
};

/** What became of one alert for one recipient. */
export type DeliveryRecord = {
  readonly incident: string;
  /** Which alert about the incident: 1 is the first, 0 tells that it is resolved. */
  readonly alert: number;
  /** Identifies the recipient without revealing an address or a secret. */
  readonly recipient: string;
  /** `deferred`: the other server has said when it takes the next message. */
  readonly state: "sent" | "failed" | "deferred" | "refused";
  readonly tries: number;
  /** When it may be tried again. */
  readonly nextAt: UnixMs;
};

/** The deliveries of alerts about incidents that are not resolved, so that no recipient gets an alert twice. */
export type DeliveryRepository = {
  readonly all: () => Promise<readonly DeliveryRecord[]>;
  readonly put: (delivery: DeliveryRecord) => Promise<void>;
};

/** What the leading server tells the commands that people run beside it. */
export type NoteRepository = {
  readonly put: (name: "alerting", text: string, at: UnixMs) => Promise<void>;
  readonly get: (name: "alerting") => Promise<{ readonly text: string; readonly at: UnixMs } | undefined>;
};

/**
 * Who is logged in, by the hash of the session cookie. A session belongs to one salt of its account: it ends when the account
 * is changed or removed, also if a new account gets the same name.
 */
export type SessionRepository = {
  /** Stores a session and removes the expired ones. */
  readonly open: (
    token: string,
    account: Pick<AccountRecord, "name" | "salt">,
    expires: UnixMs,
    now: UnixMs,
  ) => Promise<void>;
  readonly accountOf: (token: string, now: UnixMs) => Promise<AccountRecord | undefined>;
  readonly close: (token: string) => Promise<void>;
};

/** The browsers with which somebody has logged in, by the hash of their cookie. Removing the account removes them. */
export type BrowserRepository = {
  /** Stores a browser and removes the expired ones. */
  readonly add: (token: string, name: string, expires: UnixMs, now: UnixMs) => Promise<void>;
  readonly isKnown: (token: string, name: string, now: UnixMs) => Promise<boolean>;
};

/** Who may log in. The hash and its salt, which is new for each password, are base64url. */
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

/** Of several servers on one database, only the leader watches the rings, halts releases and sends alerts. */
export type Leadership = {
  /** Whether this server leads. It then leads until it ends or loses its connection to the database. */
  readonly isOurs: () => Promise<boolean>;
  /** Asks the leader to evaluate the rings soon. */
  readonly requestEvaluation: () => Promise<void>;
  /** Sets the function to call when another server asks for an evaluation. */
  readonly onRequest: (listener: () => void) => void;
};
