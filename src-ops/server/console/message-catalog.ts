import type { CrashReason, ProcessKind } from "../../../src-shared/telemetry/index.ts";
import type { AlertLevel } from "../alerts/index.ts";

export type MachineState = "healthy" | "failing" | "silent" | "not-updated";

/** All texts of the console. */
export type Messages = {
  readonly title: string;
  readonly login: {
    readonly name: string;
    readonly passwordLabel: string;
    readonly logIn: string;
    readonly refused: string;
    readonly wait: string;
  };
  readonly logOut: string;
  readonly report: string;
  readonly reportLink: string;
  readonly otherLanguage: string;
  readonly ago: (seconds: string) => string;
  readonly loggedInAs: (name: string, role: string) => string;
  readonly roles: { readonly viewer: string; readonly manager: string };
  readonly asOf: (time: string) => string;
  readonly stale: string;
  readonly nothingRuns: string;
  readonly incidents: {
    readonly title: string;
    readonly more: (count: number) => string;
    readonly by: (who: string, until: string) => string;
    readonly none: string;
    readonly since: (time: string) => string;
    readonly reminds: (time: string) => string;
    readonly acknowledged: string;
    readonly due: Readonly<Record<"evaluated" | "decided", (time: string) => string>>;
    readonly late: Readonly<Record<"evaluated" | "decided", string>>;
    readonly acknowledge: string;
  };
  readonly levels: Readonly<Record<AlertLevel, string>>;
  readonly problems: Readonly<Record<"title" | "none" | "refused" | "update" | "crash" | "problem", string>>;
  readonly crashes: {
    readonly title: string;
    readonly processes: Readonly<Record<ProcessKind, string>>;
    readonly reasons: Readonly<Record<CrashReason, string>>;
    readonly group: (count: number, computers: number) => string;
  };
  readonly next: {
    readonly release: string;
    readonly watch: (until: string, hours: number) => string;
    readonly promote: (to: string, ring: string) => string;
    readonly share: (percent: string) => string;
    readonly decide: (ring: string, build: string) => string;
    readonly fix: string;
    readonly done: string;
  };
  readonly evidence: {
    readonly title: (evidence: string) => string;
    readonly verdict: (outcome: string, at: string) => string;
    readonly checklist: (hash: string) => string;
    readonly pilots: (count: number) => string;
    readonly lane: (lane: string) => string;
    readonly override: (code: string, reason: string) => string;
  };
  readonly tile: {
    readonly share: (percent: string) => string;
    readonly time: (hours: string, of: string) => string;
    readonly longer: (hours: string) => string;
    readonly nothing: string;
    readonly choose: string;
  };
  readonly now: { readonly next: (command: string) => string; readonly time: string; readonly evidence: string };
  readonly progress: {
    readonly of: (have: string, need: string) => string;
    readonly enough: (have: string) => string;
  };
  readonly chart: {
    readonly title: string;
    readonly limit: string;
    readonly none: string;
    readonly summary: (bound: string, limit: string) => string;
    readonly time: string;
    readonly table: string;
    readonly events: Readonly<Record<"halt" | "halt-by-hand" | "promotion" | "watch" | "restored", string>>;
  };
  readonly comparison: {
    readonly title: (version: string) => string;
    readonly before: (version: string) => string;
    readonly now: (version: string) => string;
    readonly days: (days: number) => string;
    readonly today: string;
    readonly table: string;
  };
  readonly machines: {
    readonly title: string;
    readonly none: string;
    readonly operations: (n: string) => string;
    readonly counts: Readonly<Record<MachineState, (count: number) => string>>;
    readonly flagged: string;
  };
  readonly machineStates: Readonly<Record<MachineState, string>>;
  readonly gates: {
    readonly title: (open: number, all: number) => string;
    readonly columns: Readonly<Record<"gate" | "outcome" | "value" | "limit" | "why", string>>;
    readonly more: (open: number, passing: number) => string;
    readonly explain: (gate: string) => string;
    readonly limit: (limit: string) => string;
    readonly glossary: string;
  };
  readonly close: string;
  /** A label and what belongs to it. */
  readonly labelled: (label: string, text: string) => string;
  readonly feedback: {
    readonly title: string;
    readonly none: string;
    readonly of: (answers: number, asked: number) => string;
    readonly score: (score: number, people: number) => string;
    readonly given: (score: string) => string;
    readonly median: (median: string, limit: string) => string;
    readonly comments: (count: number) => string;
  };
  readonly log: { readonly title: string; readonly none: string; readonly server: string };
  readonly halt: {
    readonly open: string;
    readonly title: (version: string, ring: string) => string;
    readonly what: string;
    readonly type: (version: string) => string;
    readonly reason: string;
    readonly now: string;
    readonly cancel: string;
    readonly failed: (code: string) => string;
  };
};
