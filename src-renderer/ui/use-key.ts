import { useEffect, useEffectEvent } from "react";

/** Listens to one key on the whole screen, except while a menu, list or dialog is open: those have their own keys. */
export function useKey(key: string, act: (event: KeyboardEvent) => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== key || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("[role=menu], [role=listbox], [role=dialog]") === null) act(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => hear(event);
    // In the capture phase: a focused button stops the propagation of its keys.
    document.addEventListener("keydown", listener, { capture: true });
    return () => document.removeEventListener("keydown", listener, { capture: true });
  }, []);
}
