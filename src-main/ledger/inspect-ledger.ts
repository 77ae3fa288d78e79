import { floorOf, forStick, holdsSame, type LedgerHead, type LedgerRefusal } from "../../src-shared/ledger/index.ts";
import type { LedgerPorts } from "./ports.ts";
import { readCopy, type Stick } from "./stick-copy.ts";
import { createWitnesses } from "./witnesses.ts";

/** How each witness compares with the highest of them. */
export type WitnessState = "ok" | "lagging" | "absent";

export type LedgerInspection =
  | { readonly state: "fresh" | LedgerRefusal }
  | {
      readonly state: "ready";
      readonly gen: number;
      readonly head: LedgerHead;
      readonly keychain: WitnessState;
      readonly file: WitnessState;
      readonly stick: WitnessState;
    };

/** Reads the witnesses as they are, for diagnostics. Nothing is repaired, raised or written. */
export async function inspectLedger(
  ports: Pick<LedgerPorts, "folder" | "secrets" | "files">,
  stick: Stick | undefined,
): Promise<LedgerInspection> {
  const { outcome, key } = await createWitnesses(ports).read();
  if (outcome.state !== "ready" || !key) return { state: outcome.state === "ready" ? "STATE_LOST" : outcome.state };
  const { record, lagging } = outcome;
  const copy = stick && (await readCopy(stick, record.installId, key));
  const all = copy && { ...record, head: floorOf(copy.head, record.head) };
  const isCopyWhole = all && stick && holdsSame(copy, forStick(all, stick.stickId));
  return {
    state: "ready",
    gen: record.gen,
    head: record.head,
    keychain: lagging.includes("keychain") ? "lagging" : "ok",
    file: lagging.includes("file") ? "lagging" : "ok",
    stick: copy ? (isCopyWhole ? "ok" : "lagging") : "absent",
  };
}
