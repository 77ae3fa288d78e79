import { type ReactNode, useEffect, useState } from "react";
import { useI18n } from "../../i18n/index.ts";
import styles from "./player.module.css";

const SHOWN_MS = 6_000;
let wasShown = false;

/** Says once what the text on the picture is, until the app ends. */
export function WatermarkNotice(): ReactNode {
  const { messages } = useI18n();
  const [shown, setShown] = useState(!wasShown);
  useEffect(() => {
    wasShown = true;
    const timer = setTimeout(() => setShown(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    shown && (
      <p role="status" className={styles["flash"]} data-watermark-notice>
        {messages.protection.watermark}
      </p>
    )
  );
}
