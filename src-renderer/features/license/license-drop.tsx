import { FileKey2 } from "lucide-react";
import type { ReactNode } from "react";
import { useSpeech } from "../../i18n/index.ts";
import { Button, classNames, Waiting } from "../../ui/index.ts";
import styles from "./license-drop.module.css";
import { useLicenseIntake } from "./use-license-intake.ts";

const PASTE_KEYS = navigator.userAgent.includes("Mac OS") ? "⌘V" : "Ctrl+V";

type LicenseDropProps = {
  /** Whether a license is what this screen waits for. */
  asked: boolean;
  checking: boolean;
  onText: (text: string) => void;
  onTooLarge: () => void;
  onChoose: () => void;
};

/** Takes a license dropped or pasted anywhere in the window, or chosen in the system's dialog. */
export function LicenseDrop({ asked, checking, onText, onTooLarge, onChoose }: LicenseDropProps): ReactNode {
  const { words } = useSpeech();
  const isOver = useLicenseIntake({ onText, onTooLarge });

  return (
    <div
      role="group"
      aria-label={words.license.dropZone}
      className={classNames(styles["zone"], isOver && styles["over"])}
    >
      <FileKey2 aria-hidden className={styles["icon"] ?? ""} />
      <p className={styles["title"]}>{isOver ? words.license.dropNow : words.license.dropTitle}</p>
      <div className={styles["hint"]}>
        {checking ? <Waiting>{words.license.checking}</Waiting> : words.license.dropHint(PASTE_KEYS)}
      </div>
      <Button look={asked ? "main" : "plain"} isDisabled={checking} onPress={onChoose}>
        {words.license.choose}
      </Button>
    </div>
  );
}
