import type { ReactNode } from "react";
import { Dialog, Popover } from "react-aria-components";
import { useI18n } from "../../i18n/index.ts";
import { Button, Reason } from "../../ui/index.ts";
import styles from "./catalog.module.css";

/** Explains beside its card why a video does not play. Escape, the button and a press outside close it. */
export function NotIncluded({ card, onClose }: { card: HTMLElement | null; onClose: () => void }): ReactNode {
  const { messages } = useI18n();
  return (
    <Popover
      className={styles["beside"] ?? ""}
      triggerRef={{ current: card }}
      isOpen={card !== null}
      placement="bottom"
      offset={8}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Dialog aria-label={messages.catalog.notIncluded} className={styles["explanation"] ?? ""}>
        <Reason code="NOT_ENTITLED" action={<Button onPress={onClose}>{messages.app.close}</Button>} />
      </Dialog>
    </Popover>
  );
}
