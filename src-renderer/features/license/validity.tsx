import { type CSSProperties, type ReactNode, useId } from "react";
import type { LicenseFacts } from "../../../src-shared/ipc/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { useI18n } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import { daysUntil, shareLeft } from "./countdown.ts";
import styles from "./validity.module.css";

/** How long the license is valid, as text and as a bar. In the grace period the bar shows that period. */
export function Validity({ facts, now }: { facts: LicenseFacts; now: UnixSeconds }): ReactNode {
  const { messages, format } = useI18n();
  const id = useId();
  const { starts, expires, graceEnds } = facts;
  const isExpired = now >= expires;
  const share = isExpired ? shareLeft(expires, graceEnds, now) : shareLeft(starts, expires, now);
  const left = isExpired
    ? messages.license.graceLeft(daysUntil(graceEnds, now))
    : messages.license.daysLeft(daysUntil(expires, now));
  return (
    <div className={styles["validity"]}>
      <p id={id} className={styles["until"]}>
        {isExpired ? messages.license.expired(format.date(expires)) : messages.license.until(format.date(expires))}
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
        className={classNames(styles["bar"], isExpired && styles["over"])}
        style={{ "--share": share } as CSSProperties}
      />
    </div>
  );
}
