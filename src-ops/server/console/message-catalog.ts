import type { AlertLevel } from "../alerts/index.ts";
import type { GateName, Outcome } from "../../gates/index.ts";

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
  readonly loggedInAs: (name: string, role: string) => string;
  readonly roles: { readonly viewer: string; readonly manager: string };
  readonly asOf: (time: string) => string;
  readonly stale: string;
  readonly nothingRuns: string;
  readonly incidents: {
    readonly title: string;
    readonly none: string;
    readonly since: (time: string) => string;
    readonly reminds: (time: string) => string;
    readonly acknowledged: string;
    readonly due: Readonly<Record<"evaluated" | "decided", (time: string) => string>>;
    readonly late: Readonly<Record<"evaluated" | "decided", string>>;
    readonly acknowledge: string;
    readonly details: string;
  };
  readonly levels: Readonly<Record<AlertLevel, string>>;
  readonly problems: Readonly<Record<"title" | "none" | "refused" | "update" | "problem", string>>;
  readonly track: {
    readonly draft: string;
    readonly everyone: (percent: number) => string;
    readonly halted: string;
    readonly rolledBack: string;
  };
  readonly next: {
    readonly release: string;
    readonly watch: (until: string, hours: number) => string;
    readonly promote: (to: string) => string;
    readonly share: (percent: number) => string;
    readonly decide: string;
    readonly fix: string;
  };
  readonly evidence: {
    readonly title: (evidence: string) => string;
    readonly verdict: (outcome: string, at: string) => string;
    readonly checklist: (hash: string) => string;
    readonly pilots: (count: number) => string;
    readonly lane: (lane: string) => string;
    readonly override: (code: string, reason: string) => string;
  };
  readonly verdicts: { readonly pass: string; readonly fail: string; readonly inconclusive: string };
  readonly sentences: {
    readonly pass: string;
    readonly fail: (gates: string) => string;
    readonly halted: string;
    readonly inconclusive: (gates: string) => string;
    readonly timeIsUp: string;
  };
  readonly since: (hours: string) => string;
  readonly exposure: { readonly title: string; readonly of: (have: string, need: string) => string };
  readonly chart: {
    readonly title: string;
    readonly limit: string;
    readonly none: string;
    readonly summary: (bound: string, limit: string) => string;
  };
  readonly machines: { readonly title: string; readonly none: string; readonly operations: (n: string) => string };
  readonly machineStates: Readonly<Record<MachineState, string>>;
  readonly gates: Readonly<Record<"title" | "gate" | "outcome" | "value" | "bound" | "limit" | "why", string>>;
  readonly gateNames: Readonly<Record<GateName, string>>;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly feedback: {
    readonly title: string;
    readonly none: string;
    readonly of: (answers: number, asked: number) => string;
    readonly score: (score: number, people: number) => string;
    readonly given: (score: string) => string;
  };
  readonly log: { readonly title: string; readonly none: string };
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
