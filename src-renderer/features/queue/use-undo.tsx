import { type ReactNode, useEffect, useState } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Button } from "../../ui/index.ts";
import styles from "./queue.module.css";

const OFFERED_MS = 6_000;

type Undoable = { readonly text: string; readonly undo: () => void };

/** Says what was removed, and for six seconds takes it back. */
export function useUndo(): { readonly bar: ReactNode; readonly offer: (undoable: Undoable) => void } {
  const { queue } = useI18n().messages;
  const [offered, setOffered] = useState<Undoable | null>(null);
  useEffect(() => {
    if (offered === null) return undefined;
    const timer = setTimeout(() => setOffered(null), OFFERED_MS);
    return () => clearTimeout(timer);
  }, [offered]);
  const bar = (
    <div role="status" className={styles["undo"]}>
      {offered !== null && (
        <>
          <span>{offered.text}</span>
          <Button
            onPress={() => {
              offered.undo();
              setOffered(null);
            }}
          >
            {queue.undo}
          </Button>
        </>
      )}
    </div>
  );
  return { bar, offer: setOffered };
}
