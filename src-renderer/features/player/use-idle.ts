import { useEffect, useState } from "react";

const IDLE_AFTER_MS = 2_600;

/** Whether there was no input for a moment; never while `held`. */
export function useIdle(held: boolean): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wake = (): void => {
      clearTimeout(timer);
      setIdle(false);
      if (!held) timer = setTimeout(() => setIdle(true), IDLE_AFTER_MS);
    };
    const hearing = new AbortController();
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"])
      document.addEventListener(name, wake, { signal: hearing.signal, passive: true, capture: true });
    wake();
    return () => {
      hearing.abort();
      clearTimeout(timer);
    };
  }, [held]);
  return idle;
}
