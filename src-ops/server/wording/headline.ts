import type { Language } from "../../../src-shared/languages.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { RollbackState } from "../../feed/index.ts";
import type { ExplainedGate, Judgement } from "../../gates/index.ts";
import { gateSentence } from "./figures.ts";
import { gateState } from "./gate-state.ts";
import { GATE_WORDS } from "./gate-words.ts";
import { PHRASES, type Phrases } from "./phrases.ts";

export type VerdictName = keyof Phrases["verdicts"];

/** What is said about a release. */
export type Judged = Pick<Judgement, "verdict" | "timeIsUp"> & {
  readonly gates: readonly ExplainedGate[];
  readonly isHalted: boolean;
  readonly rollback?: RollbackState | undefined;
};

/** Why a release is halted: a person, an earlier ring, or its own gates, as the decision log has it. */
export type HaltOrigin =
  | { readonly by: string; readonly reason: string }
  /** By command: the ids of the keys that signed it. */
  | { readonly keys: readonly string[]; readonly reason: string }
  | { readonly after: Ring }
  | { readonly reason: string };

/** The verdict that people act on: what is halted or rolled back is that, whatever its gates say. */
export function verdictOf({ verdict, isHalted, rollback }: Judged): VerdictName {
  return isHalted ? "halted" : rollback ? "rolledBack" : verdict;
}

/** The verdict in a word. */
export function verdictWord(judged: Judged, language: Language): string {
  return PHRASES[language].verdicts[verdictOf(judged)];
}

/** Why, in one sentence. */
export function headline(judged: Judged, origin: HaltOrigin | undefined, language: Language): string {
  const { headline: phrases } = PHRASES[language];
  const { verdict, isHalted, rollback, timeIsUp, gates } = judged;
  const worst = worstGate(gates);
  if (isHalted) {
    if (origin && "by" in origin) return phrases.haltedBy(origin.by, origin.reason);
    if (origin && "keys" in origin) return phrases.haltedByCommand(origin.keys.join(", "), origin.reason);
    if (origin && "after" in origin) return phrases.haltedAfter(origin.after);
    return worst?.outcome === "halt" ? gateSentence(worst, language) : phrases.halted;
  }
  if (rollback?.kind === "returned") return phrases.returned;
  if (rollback) return phrases.withdrawn(rollback.rings.join(", "));
  if (verdict === "pass") return phrases.pass;
  if (worst) return gateSentence(worst, language);
  if (timeIsUp) return phrases.timeIsUp;
  const open = gates.filter(({ outcome }) => outcome !== "pass").map(({ gate }) => GATE_WORDS[language][gate].name);
  return phrases.waiting(open.join(", "));
}

/** Of several gates that halt, the one whose sentence says most. */
const TELLING: readonly string[] = ["sequential", "surge", "crashes", "security"];
const telling = ({ gate }: ExplainedGate) => TELLING.indexOf(gate);

/** The gate that says most against the release; `undefined` if the gates only wait for more data. */
function worstGate(gates: readonly ExplainedGate[]): ExplainedGate | undefined {
  const bad = ["halt", "fail", "over", "under"];
  const rank = (gate: ExplainedGate) => bad.indexOf(gateState(gate));
  return gates.filter((gate) => rank(gate) >= 0).toSorted((a, b) => rank(a) - rank(b) || telling(b) - telling(a))[0];
}
