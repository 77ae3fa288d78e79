/**
 * Runs in the page. Scrolls the catalog by a step each frame and looks, right before the frame is painted, whether the
 * rows reach from the upper to the lower edge of what is in sight.
 */
export async function coverage(given: {
  stepPx: number;
  frames: number;
}): Promise<{ frames: number; emptyFrames: number; mostCards: number }> {
  const scroller = document.querySelector("main");
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
