import { type CSSProperties, type ReactNode, useId } from "react";
import type { LicenseFacts } from "../../../src-shared/ipc/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { useI18n } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import { daysUntil, shareLeft } from "./countdown.ts";
import styles from "./validity.module.css";

/** Until when, in words and as a bar; in grace the bar is that of the grace. */
export function Validity({ facts, now }: { facts: LicenseFacts; now: UnixSeconds }): ReactNode {
  const { messages, format } = useI18n();
  const id = useId();
  const { starts, expires, graceEnds } = facts;
  const isOver = now >= expires;
  const share = isOver ? shareLeft(expires, graceEnds, now) : shareLeft(starts, expires, now);
  const left = isOver
    ? messages.license.graceLeft(daysUntil(graceEnds, now))
    : messages.license.daysLeft(daysUntil(expires, now));
  return (
    <div className={styles["validity"]}>
      <p id={id} className={styles["until"]}>
        {isOver ? messages.license.over(format.date(expires)) : messages.license.until(format.date(expires))}
      </p>
      <p className={styles["left"]}>{left}</p>
      <div
        role="meter"
        aria-label={messages.license.timeLeft}
        aria-describedby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={left}
        className={classNames(styles["bar"], isOver && styles["over"])}
        style={{ "--share": share } as CSSProperties}
      />
    </div>
  );
}
