import { type RefObject, useEffect, useState } from "react";

const IDLE_AFTER_MS = 2_600;
/** Where the focus is in the controls: a tooltip wants to be read. */
const IDLE_WITH_FOCUS_MS = 5_000;

/**
 * Whether there was no input for a moment, or the pointer has left the window; never while `held`. A focus in the
 * controls then goes to the picture: they are about to disappear, and Tab brings them back.
 */
export function useIdle(root: RefObject<HTMLElement | null>, held: boolean): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isInControls = (): boolean =>
      document.activeElement !== root.current && root.current?.contains(document.activeElement) === true;
    const rest = (): void => {
      if (isInControls()) root.current?.focus({ preventScroll: true });
      setIdle(true);
    };
    const wake = ({ type, target }: Pick<Event, "type" | "target">): void => {
      if (type === "focusin" && target === root.current) return;
      clearTimeout(timer);
      setIdle(false);
      if (!held) timer = setTimeout(rest, isInControls() ? IDLE_WITH_FOCUS_MS : IDLE_AFTER_MS);
    };
    const leave = (): void => {
      clearTimeout(timer);
      if (!held) rest();
    };
    const hearing = new AbortController();
    const { signal } = hearing;
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"])
      document.addEventListener(name, wake, { signal, passive: true, capture: true });
    document.documentElement.addEventListener("pointerleave", leave, { signal });
    wake({ type: "held", target: null });
    return () => {
      hearing.abort();
      clearTimeout(timer);
    };
  }, [root, held]);
  return idle;
}
