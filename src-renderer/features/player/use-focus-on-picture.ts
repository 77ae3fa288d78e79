import { type RefObject, useEffect } from "react";

/**
 * Focuses the player when it opens and after each press with a pointer: otherwise Space would press
 * the last button again instead of playing or pausing. Buttons that open a menu keep the focus, which the menu needs.
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
    // In the capture phase: the controls stop the propagation of their clicks.
    element.addEventListener("click", release, { capture: true });
    return () => element.removeEventListener("click", release, { capture: true });
  }, [root]);
}
