import { useEffect, useEffectEvent } from "react";
import { isPackName } from "../../../src-shared/vault/index.ts";
import { useBridge } from "../../bridge/index.tsx";

/** Gives a content pack that is dropped anywhere in the window to the main process. Other files are left to other screens. */
export function usePackIntake(): void {
  const bridge = useBridge();

  const take = useEffectEvent(async (pack: File): Promise<void> => {
    const isTaken = await bridge.givePack(pack);
    // It is not on a disk: the person has to save it first, and then choose it.
    if (!isTaken) await bridge.call("pack.choose-file", undefined);
  });

  useEffect(() => {
    const listening = new AbortController();
    const options = { signal: listening.signal };
    // Otherwise the window would not accept a drop on screens that wait for nothing.
    document.addEventListener("dragover", (event) => event.preventDefault(), options);
    document.addEventListener(
      "drop",
      (event) => {
        // The page never leaves for a file, whatever is dropped.
        event.preventDefault();
        const pack = [...(event.dataTransfer?.files ?? [])].find(({ name }) => isPackName(name));
        if (pack !== undefined) void take(pack);
      },
      options,
    );
    return () => listening.abort();
  }, []);
}
