import { HardDrive } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import type { StickChoice } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { stickDetail } from "./stick-detail.ts";
import styles from "./sticks.module.css";

type StickCardsProps = { sticks: readonly StickChoice[]; onChoose: (id: number) => void };

/** One card for each stick, while none has been chosen. */
export function StickCards({ sticks, onChoose }: StickCardsProps): ReactNode {
  const { messages } = useI18n();
  return (
    <ul className={styles["cards"]}>
      {sticks.map((stick, index) => (
        <li key={stick.id}>
          <Button className={styles["card"] ?? ""} autoFocus={index === 0} onPress={() => onChoose(stick.id)}>
            <HardDrive aria-hidden />
            <span className={styles["words"]}>
              <span className={styles["label"]}>{stick.label}</span>
              <span className={styles["detail"]}>{stickDetail(stick, messages)}</span>
              {stick.access !== "unknown" && (
                <span className={styles["detail"]}>{messages.sticks.access[stick.access]}</span>
              )}
            </span>
          </Button>
        </li>
      ))}
    </ul>
  );
}
