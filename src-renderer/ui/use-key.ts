import { useEffect, useEffectEvent } from "react";

/** Hears one key anywhere on the screen, except while a menu, list or dialog is open: those have their own keys. */
export function useKey(key: string, act: (event: KeyboardEvent) => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== key || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("[role=menu], [role=listbox], [role=dialog]") === null) act(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => hear(event);
    // Before the controls: a focused button keeps what it hears to itself.
    document.addEventListener("keydown", listener, { capture: true });
    return () => document.removeEventListener("keydown", listener, { capture: true });
  }, []);
}
