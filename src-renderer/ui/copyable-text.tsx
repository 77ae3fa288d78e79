import { Copy, Save } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useI18n } from "../i18n/index.ts";
import { Button } from "./button.tsx";
import { DoneMark } from "./done-mark.tsx";
import styles from "./copyable-text.module.css";

type CopyableTextProps = {
  label: string;
  text: string;
  /** Opens the system's save dialog; resolves to whether the text was saved. */
  onSave: () => Promise<boolean>;
};

/** A signed text to hand to someone else: it can be read, copied or saved as a file. */
export function CopyableText({ label, text, onSave }: CopyableTextProps): ReactNode {
  const { messages } = useI18n();
  const field = useRef<HTMLTextAreaElement>(null);
  const [done, setDone] = useState<"copied" | "saved" | null>(null);

  async function save(): Promise<void> {
    if (await onSave()) setDone("saved");
  }

  // `execCommand` needs no permission, and leaves the text selected where copying is not possible.
  function copy(): void {
    field.current?.focus();
    field.current?.select();
    if (document.execCommand("copy")) setDone("copied");
  }

  return (
    <>
      <textarea
        ref={field}
        className={styles["text"]}
        aria-label={label}
        readOnly
        rows={6}
        value={text}
        spellCheck={false}
      />
      <div className={styles["actions"]}>
        <Button icon={<Copy aria-hidden />} onPress={copy}>
          {messages.license.copy}
        </Button>
        <Button icon={<Save aria-hidden />} onPress={() => void save()}>
          {messages.license.save}
        </Button>
        <DoneMark text={done && (done === "copied" ? messages.license.copied : messages.license.saved)} />
      </div>
    </>
  );
}
