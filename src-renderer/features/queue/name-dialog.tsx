import { type ReactNode, useState } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Button, Dialog, TextField } from "../../ui/index.ts";
import { playlistName } from "./playlist-edits.ts";
import styles from "./playlists.module.css";

/** In UTF-16 units; what is kept is cut to the limit of the name. */
const MAX_TYPED = 200;

type NameDialogProps = {
  title: string;
  confirm: string;
  initial?: string;
  onName: (name: string) => void;
  onClose: () => void;
};

/** Asks for the name of a playlist. */
export function NameDialog({ title, confirm, initial = "", onName, onClose }: NameDialogProps): ReactNode {
  const { queue } = useI18n().messages;
  const [typed, setTyped] = useState(initial);
  const name = playlistName(typed);
  return (
    <Dialog title={title} open onClose={onClose}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (name === "") return;
          onName(name);
          onClose();
        }}
      >
        <TextField label={queue.name} value={typed} onChange={setTyped} maxLength={MAX_TYPED} autoFocus />
        <Button look="main" type="submit" isDisabled={name === ""}>
          {confirm}
        </Button>
      </form>
    </Dialog>
  );
}
