import { type RefObject, useEffect } from "react";

/**
 * Puts the focus on the player as it opens, and gives it back after each press with a pointer: else Space would press
 * the last button again instead of playing or pausing. Buttons that open a menu keep it, the menu needs it.
 */
export function useFocusOnPicture(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    element.focus();
    const release = (event: MouseEvent): void => {
      const byPointer = event.detail > 0;
      const opens = event.target instanceof Element && event.target.closest("[aria-haspopup]") !== null;
      if (byPointer && !opens) element.focus({ preventScroll: true });
    };
    // Before the controls: they keep their clicks to themselves.
    element.addEventListener("click", release, { capture: true });
    return () => element.removeEventListener("click", release, { capture: true });
  }, [root]);
}
