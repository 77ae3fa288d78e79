import { FileKey2 } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Button, classNames, Waiting } from "../../ui/index.ts";
import styles from "./license-drop.module.css";
import { useLicenseIntake } from "./use-license-intake.ts";

const PASTE_KEYS = navigator.userAgent.includes("Mac OS") ? "⌘V" : "Ctrl+V";

type LicenseDropProps = {
  /** Whether this screen waits for a license. */
  asked: boolean;
  checking: boolean;
  onText: (text: string) => void;
  onTooLarge: () => void;
  onChoose: () => void;
};

/** Takes a license that is dropped or pasted anywhere in the window, or chosen in the system's dialog. */
export function LicenseDrop({ asked, checking, onText, onTooLarge, onChoose }: LicenseDropProps): ReactNode {
  const { messages } = useI18n();
  const isDraggedOver = useLicenseIntake({ onText, onTooLarge });

  return (
    <div
      role="group"
      aria-label={messages.license.dropZone}
      className={classNames(styles["zone"], isDraggedOver && styles["over"])}
    >
      <FileKey2 aria-hidden className={styles["icon"] ?? ""} />
      <p className={styles["title"]}>{isDraggedOver ? messages.license.dropNow : messages.license.dropTitle}</p>
      <div className={styles["hint"]}>
        {checking ? <Waiting>{messages.license.checking}</Waiting> : messages.license.dropHint(PASTE_KEYS)}
      </div>
      <Button look={asked ? "main" : "plain"} isDisabled={checking} onPress={onChoose}>
        {messages.license.choose}
      </Button>
    </div>
  );
}
