import { useEffect, useEffectEvent } from "react";

/** Calls back whenever the viewer uses the keyboard or the pointer. Chromium also reports a pointer under which the page has moved. */
export function useAttention(isListening: boolean, onInput: () => void): void {
  const hear = useEffectEvent((event: Event) => {
    if (event instanceof PointerEvent && event.type === "pointermove" && event.movementX === 0 && event.movementY === 0)
      return;
    onInput();
  });
  useEffect(() => {
    if (!isListening) return undefined;
    const listening = new AbortController();
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel"])
      document.addEventListener(name, (event) => hear(event), {
        signal: listening.signal,
        passive: true,
        capture: true,
      });
    return () => listening.abort();
  }, [isListening]);
}
