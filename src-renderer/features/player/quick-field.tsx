import { type ReactNode, useState } from "react";
import { Button, TextField } from "../../ui/index.ts";
import styles from "./quick-field.module.css";

type QuickFieldProps = {
  label: string;
  confirm: string;
  initial?: string;
  /** False: the text means nothing, and the field stays. */
  onDone: (text: string) => boolean;
  onClose: () => void;
};

/** In UTF-16 units. */
const MAX_TYPED = 1_000;

/** One line above the seek bar, while the film goes on. Escape closes it. */
export function QuickField({ label, confirm, initial = "", onDone, onClose }: QuickFieldProps): ReactNode {
  const [text, setText] = useState(initial);
  return (
    <form
      className={styles["field"]}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (onDone(text)) onClose();
      }}
    >
      <TextField label={label} value={text} onChange={setText} maxLength={MAX_TYPED} autoFocus>
        <Button look="main" type="submit">
          {confirm}
        </Button>
      </TextField>
    </form>
  );
}
