import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useI18n } from "../i18n/index.ts";
import styles from "./dialog.module.css";
import { IconButton } from "./icon-button.tsx";

type DialogProps = {
  title: string;
  open: boolean;
  /** Without it, only what is inside ends the dialog. */
  onClose?: (() => void) | undefined;
  children: ReactNode;
};

/** A modal dialog that the user opened. Esc, the close button and a press outside close it. */
export function Dialog({ title, open, onClose, children }: DialogProps): ReactNode {
  const { messages } = useI18n();
  return (
    <ModalOverlay
      className={styles["veil"] ?? ""}
      isOpen={open}
      isDismissable={onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(next) => {
        if (!next) onClose?.();
      }}
    >
      <Modal className={styles["modal"] ?? ""}>
        <AriaDialog className={styles["dialog"] ?? ""}>
          <header className={styles["header"]}>
            <Heading slot="title" className={styles["title"] ?? ""}>
              {title}
            </Heading>
            {onClose && (
              <IconButton label={messages.app.close} onPress={onClose}>
                <X aria-hidden />
              </IconButton>
            )}
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
