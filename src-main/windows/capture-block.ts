import type { BrowserWindow } from "electron";

/** Darwin 24 is macOS 15, whose way of capturing ignores what windows ask for. */
const FIRST_DARWIN_THAT_IGNORES = 24;
/** Older systems leave the window out only partly, or not at all. */
const FIRST_WINDOWS = 10;

/**
 * Whether this system can keep a window out of screen captures. Linux cannot.
 *
 * @param release as `os.release()` gives it: of the kernel, such as `10.0.22631` or `23.6.0`
 */
export function canBlockCaptures(platform: NodeJS.Platform, release: string): boolean {
  const major = Number.parseInt(release, 10);
  if (platform === "win32") return major >= FIRST_WINDOWS;
  return platform === "darwin" && major < FIRST_DARWIN_THAT_IGNORES;
}

/** Keeps a window out of screen captures, or no longer. */
export function createCaptureBlock(window: BrowserWindow): (isBlocked: boolean) => void {
  let blocked = false;
  const apply = () => window.setContentProtection(blocked);
  const again = () => {
    if (blocked) apply();
  };
  // Windows forgets it of a window that was hidden or minimized.
  window.on("show", again).on("restore", again);
  return (isBlocked) => {
    if (isBlocked === blocked) return;
    blocked = isBlocked;
    apply();
  };
}
