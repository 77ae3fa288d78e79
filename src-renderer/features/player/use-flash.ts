import { useEffect, useState } from "react";

const SHOWN_MS = 1_000;

/** A short text that disappears after a moment; showing it again restarts the time. */
export function useFlash(): [string | null, (text: string) => void] {
  const [flash, setFlash] = useState<{ readonly text: string } | null>(null);
  useEffect(() => {
    if (flash === null) return undefined;
    const timer = setTimeout(() => setFlash(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [flash]);
  return [flash === null ? null : flash.text, (text) => setFlash({ text })];
}
