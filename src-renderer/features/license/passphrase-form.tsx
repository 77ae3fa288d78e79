import { type ReactNode, useState } from "react";
import { MAX_PASSPHRASE_CHARS } from "../../../src-shared/limits.ts";
import { useI18n } from "../../i18n/index.ts";
import { Button, TextField, Waiting } from "../../ui/index.ts";
import styles from "./license.module.css";

/** Deriving the key takes a few seconds, so the form shows that it is busy. */
export function PassphraseForm({ onUnlock }: { onUnlock: (passphrase: string) => Promise<void> }): ReactNode {
  const { messages } = useI18n();
  const [passphrase, setPassphrase] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);

  async function unlock(): Promise<void> {
    setBusy(true);
    await onUnlock(passphrase);
    setBusy(false);
  }

  return (
    <form
      className={styles["card"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== "" && !busy) void unlock();
      }}
    >
      <p>{messages.license.passphraseBody}</p>
      <TextField
        label={messages.license.passphrase}
        value={passphrase}
        onChange={setPassphrase}
        type={shown ? "text" : "password"}
        maxLength={MAX_PASSPHRASE_CHARS}
        readOnly={busy}
        autoFocus
      >
        <Button onPress={() => setShown(!shown)}>{shown ? messages.license.hide : messages.license.show}</Button>
        <Button look="main" type="submit" isDisabled={busy || passphrase === ""}>
          {messages.license.unlock}
        </Button>
      </TextField>
      {busy && <Waiting>{messages.license.unlocking}</Waiting>}
    </form>
  );
}
