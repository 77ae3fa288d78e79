import { useEffect, useState } from "react";

/** A short text that disappears after a moment; showing it again restarts the time. */
export function useFlash(shownMs = 1_000): [string | null, (text: string) => void] {
  const [flash, setFlash] = useState<{ readonly text: string } | null>(null);
  useEffect(() => {
    if (flash === null) return undefined;
    const timer = setTimeout(() => setFlash(null), shownMs);
    return () => clearTimeout(timer);
  }, [flash, shownMs]);
  return [flash === null ? null : flash.text, (text) => setFlash({ text })];
}
