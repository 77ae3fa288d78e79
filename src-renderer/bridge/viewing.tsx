import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { CallError } from "../../src-shared/ipc/index.ts";
import { DEFAULT_VIEWING, type Viewing, type ViewingChange } from "../../src-shared/viewing.ts";
import { useBridge } from "./wiring.tsx";

export type ViewingControl = {
  readonly viewing: Viewing;
  /** False until the main process has answered. */
  readonly isReady: boolean;
  /** Shown at once; what cannot be written is kept until the window closes, and `problem` says so. */
  readonly change: (change: ViewingChange) => void;
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

  useEffect(() => {
    if (stickId === null) return setKnown(null);
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      const reply = await bridge.call("viewing.get", undefined);
      if (asking.signal.aborted) return;
      setKnown({ stickId, viewing: reply.ok ? reply.value : DEFAULT_VIEWING, problem: null });
    };
    void ask();
    return () => asking.abort();
  }, [bridge, stickId]);

  const isReady = known !== null && known.stickId === stickId;
  const control = useMemo((): ViewingControl => {
    async function write(change: ViewingChange): Promise<void> {
      const reply = await bridge.call("viewing.change", change);
      setKnown((last) => last && { ...last, problem: reply.ok ? null : reply.error.code });
    }
    return {
      viewing: isReady ? known.viewing : DEFAULT_VIEWING,
      problem: isReady ? known.problem : null,
      isReady,
      change(change) {
        setKnown((last) => last && { ...last, viewing: { ...last.viewing, ...change } });
        void write(change);
      },
    };
  }, [bridge, isReady, known]);

  return <ViewingContext value={control}>{children}</ViewingContext>;
}

export function useViewing(): ViewingControl {
  return useContext(ViewingContext);
}
