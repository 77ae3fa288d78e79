import { useEffect, useState } from "react";
import type { CatalogView, ScreenView } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import type { ProblemCode } from "../../i18n/index.ts";

export type CatalogItems =
  | { readonly stage: "loading" }
  | { readonly stage: "ready"; readonly view: CatalogView }
  | { readonly stage: "refused"; readonly code: ProblemCode };

const LOADING: CatalogItems = { stage: "loading" };

/**
 * The titles of the open vault. Requested again when the stick, the license or the stick's presence changes, and when
 * `revision` does (a video was watched). Until the response arrives, the earlier titles of the same stick stay.
 */
export function useCatalogItems(screen: ScreenView, revision: number): CatalogItems {
  const bridge = useBridge();
  const [known, setKnown] = useState<{ stickId: string; items: CatalogItems } | null>(null);
  const stickId = screen.stage === "catalog" ? screen.stick.stickId : null;
  const edition =
    screen.stage === "catalog" ? `${screen.license.issued} ${screen.license.code} ${screen.present}` : "closed";

  useEffect(() => {
    if (stickId === null) return undefined;
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      const reply = await bridge.call("catalog.list", undefined);
      if (asking.signal.aborted) return;
      const items: CatalogItems = reply.ok
        ? { stage: "ready", view: reply.value }
        : { stage: "refused", code: reply.error.code };
      setKnown({ stickId, items });
    };
    void ask();
    return () => asking.abort();
  }, [bridge, stickId, edition, revision]);

  return known !== null && known.stickId === stickId ? known.items : LOADING;
}
