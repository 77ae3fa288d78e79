import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { CallError } from "../../src-shared/ipc/index.ts";
import { DEFAULT_VIEWING, type Viewing, type ViewingChange } from "../../src-shared/viewing.ts";
import { useBridge } from "./wiring.tsx";

export type ViewingControl = {
  readonly viewing: Viewing;
  /** False until the main process has answered. */
  readonly isReady: boolean;
  /**
   * Shown at once; what cannot be written is kept until the window closes, and `problem` says so. A function gets what is
   * there at that moment.
   */
  readonly change: (change: ViewingChange | ((viewing: Viewing) => ViewingChange)) => void;
  readonly problem: CallError<"viewing.change"> | null;
};

type Known = { readonly stickId: string; readonly viewing: Viewing; readonly problem: ViewingControl["problem"] };

const ViewingContext = createContext<ViewingControl>({
  viewing: DEFAULT_VIEWING,
  isReady: false,
  change: () => undefined,
  problem: null,
});

/** Provides what the viewer has chosen and collected in the open vault. */
export function ViewingProvider(props: { stickId: string | null; children: ReactNode }): ReactNode {
  const { stickId, children } = props;
  const bridge = useBridge();
  const [known, setKnown] = useState<Known | null>(null);
  const latest = useRef<Known | null>(null);

  useEffect(() => {
    const put = (next: Known | null): void => {
      latest.current = next;
      setKnown(next);
    };
    put(null);
    if (stickId === null) return undefined;
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      const reply = await bridge.call("viewing.get", undefined);
      if (asking.signal.aborted) return;
      put({ stickId, viewing: reply.ok ? reply.value : DEFAULT_VIEWING, problem: null });
    };
    void ask();
    return () => asking.abort();
  }, [bridge, stickId]);

  const shown = known !== null && known.stickId === stickId ? known : null;
  const control = useMemo((): ViewingControl => {
    function put(part: Partial<Known>): void {
      if (latest.current === null) return;
      latest.current = { ...latest.current, ...part };
      setKnown(latest.current);
    }
    async function write(change: ViewingChange): Promise<void> {
      const reply = await bridge.call("viewing.change", change);
      put({ problem: reply.ok ? null : reply.error.code });
    }
    return {
      viewing: shown?.viewing ?? DEFAULT_VIEWING,
      problem: shown?.problem ?? null,
      isReady: shown !== null,
      change(given) {
        if (latest.current === null) return;
        const { viewing } = latest.current;
        const change = typeof given === "function" ? given(viewing) : given;
        put({ viewing: { ...viewing, ...change } });
        void write(change);
      },
    };
  }, [bridge, shown]);

  return <ViewingContext value={control}>{children}</ViewingContext>;
}

export function useViewing(): ViewingControl {
  return useContext(ViewingContext);
}
