import { useEffect, useState } from "react";
import type { LicenseOverview } from "../../../src-shared/ipc/index.ts";
import { useAppState, useBridge } from "../../bridge/index.tsx";
import type { ProblemCode } from "../../i18n/index.ts";

export type Overview =
  | { readonly stage: "loading" }
  | ({ readonly stage: "ready" } & LicenseOverview)
  | { readonly stage: "refused"; readonly code: ProblemCode };

/** The licenses at hand. Requested again at each change that main reports; until the response arrives the last ones stay. */
export function useOverview(): Overview {
  const bridge = useBridge();
  const state = useAppState();
  const [overview, setOverview] = useState<Overview>({ stage: "loading" });

  useEffect(() => {
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      const reply = await bridge.call("license.overview", undefined);
      if (asking.signal.aborted) return;
      setOverview(reply.ok ? { stage: "ready", ...reply.value } : { stage: "refused", code: reply.error.code });
    };
    void ask();
    return () => asking.abort();
  }, [bridge, state]);

  return overview;
}
