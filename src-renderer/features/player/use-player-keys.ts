import { useEffect, useEffectEvent } from "react";
import { type PlayerCommand, playerCommand } from "./player-keys.ts";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

const TYPED_INTO = "input:not([type=range], [type=checkbox], [type=radio])";
/** Where Space presses what has the focus. */
const PRESSED_BY_SPACE = "button, input[type=checkbox]";

/** A menu and a dialog have their own keys, and so have a focused button or switch (Space) and the volume slider (arrows). */
function belongsElsewhere(event: KeyboardEvent): boolean {
  if (document.querySelector("[role=menu], [role=dialog]") !== null) return true;
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest(TYPED_INTO) !== null) return true;
  if (event.key === " ") return event.target.closest(PRESSED_BY_SPACE) !== null;
  return ARROWS.includes(event.key) && event.target.closest("[data-own-arrows]") !== null;
}

/** Handles keys before the controls do, so that an arrow key seeks wherever the focus is. */
export function usePlayerKeys(run: (command: PlayerCommand) => void): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (belongsElsewhere(event)) return;
    const command = playerCommand(event);
    if (command === null) return;
    event.preventDefault();
    event.stopPropagation();
    run(command);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => hear(event);
    document.addEventListener("keydown", listener, { capture: true });
    return () => document.removeEventListener("keydown", listener, { capture: true });
  }, []);
}
