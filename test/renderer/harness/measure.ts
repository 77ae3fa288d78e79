/**
 * Runs in the page. Scrolls the catalog by a step each frame and checks, right before the frame is painted, whether the
 * rows fill the visible area from its upper to its lower edge.
 */
export async function coverage(given: {
  stepPx: number;
  frames: number;
}): Promise<{ frames: number; emptyFrames: number; mostCards: number }> {
  const scroller = document.querySelector("[data-screen=catalog]");
  const grid = document.querySelector("[role=grid]");
  if (scroller === null || grid === null) throw new Error("no catalog");
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const result = { frames: 0, emptyFrames: 0, mostCards: 0 };
  scroller.scrollTop = 0;
  await frame();
  while (result.frames < given.frames) {
    scroller.scrollTop += given.stepPx;
    await frame();
    const view = scroller.getBoundingClientRect();
    const whole = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll("[role=row]")]
      .map((row) => row.getBoundingClientRect())
      .filter((box) => box.bottom > view.top - 400 && box.top < view.bottom + 400)
      .toSorted((a, b) => a.top - b.top);
    const pitch = (rows[1]?.top ?? 0) - (rows[0]?.top ?? 0);
    const from = Math.max(view.top, whole.top);
    const to = Math.min(view.bottom, whole.bottom);
    const reaches = (rows[0]?.top ?? Infinity) <= from + 1 && (rows.at(-1)?.top ?? -Infinity) + pitch >= to - 1;
    const unbroken = rows.every((row, index) => index === 0 || row.top - (rows[index - 1]?.top ?? 0) < pitch + 2);
    const filled = [...grid.querySelectorAll("[role=row]")].every((row) => row.childElementCount > 0);
    result.frames++;
    if (!reaches || !unbroken || !filled) result.emptyFrames++;
    result.mostCards = Math.max(result.mostCards, grid.querySelectorAll("[role=gridcell]").length);
  }
  return result;
}

/**
 * Runs in the page. Lists the texts that are outside the window's width, cut off by their own box, or out of reach: below
 * the lower edge without an ancestor that scrolls. A text with an intended ellipsis is shown in full elsewhere.
 */
export function unreadableTexts(): string[] {
  const scrolls = (element: Element | null): boolean =>
    element !== null &&
    (["auto", "scroll"].includes(getComputedStyle(element).overflowY) || scrolls(element.parentElement));
  const reasonUnreadable = (element: Element): string | null => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const clips = style.overflowX !== "visible" && style.textOverflow !== "ellipsis" && element.clientWidth > 1;
    if (left < -1 || right > innerWidth + 1) return "outside";
    if (clips && element.scrollWidth > element.clientWidth + 1) return "cut";
    return (top < -1 || bottom > innerHeight + 1) && !scrolls(element) ? "out of reach" : null;
  };
  return [...document.querySelectorAll("button, input, label, h1, h2, p, dt, dd, kbd")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => !element.matches("[aria-hidden=true] *, .visually-hidden"))
    .map((element) => [reasonUnreadable(element), element.outerHTML.slice(0, 100)] as const)
    .filter(([how]) => how !== null)
    .map(([how, html]) => `${how}: ${html}`);
}
