import type { Consent } from "../../src-shared/ipc/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Telemetry } from "./telemetry.ts";

export type ConsentPorts = {
  readonly consent: () => Consent;
  readonly setConsent: (consent: Consent) => Promise<Result<undefined, "NOT_WRITTEN">>;
  readonly telemetry: Pick<Telemetry, "begin" | "withdraw" | "tick">;
  readonly changed: () => void;
};

/** Stores the person's answer and acts on it at once. */
export function createConsent({ consent, setConsent, telemetry, changed }: ConsentPorts) {
  async function grant(): Promise<Result<undefined, "NOT_WRITTEN">> {
    const before = consent();
    const written = await setConsent("given");
    // Consent that cannot be stored is not used in this session either.
    if (!written.ok) await setConsent(before);
    else if (before !== "given") await telemetry.begin();
    return written;
  }

  async function refuse(): Promise<Result<undefined, "NOT_WRITTEN" | "NOT_PURGED">> {
    const before = consent();
    // From here on nothing more is stored or sent, even if the answer cannot be stored.
    const written = await setConsent("refused");
    if (before !== "given") return written;
    const purged = await telemetry.withdraw();
    // The server is asked to erase the data now; if it cannot be reached, the request is repeated at every tick.
    void telemetry.tick();
    if (!purged.ok) return err("NOT_PURGED");
    return written;
  }

  return async (given: boolean): Promise<Result<undefined, "NOT_WRITTEN" | "NOT_PURGED">> => {
    const done = await (given ? grant() : refuse());
    changed();
    return done.ok ? ok(undefined) : done;
  };
}
