import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./notice.module.css";

type NoticeProps = { icon?: ReactNode; tone?: "quiet" | "calm" | "danger"; action?: ReactNode; children: ReactNode };

/** A bar with a message and at most one action; `quiet` where nothing has to be done yet. Screen readers announce it when it appears. */
export function Notice({ icon, tone = "calm", action, children }: NoticeProps): ReactNode {
  return (
    <div role="status" className={classNames(styles["notice"], tone !== "calm" && styles[tone])}>
      {icon}
      <div className={styles["words"]}>{children}</div>
      {action}
    </div>
  );
}
