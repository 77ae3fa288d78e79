import { Monitor, MonitorX, ShieldCheck } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { ProtectionView } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import styles from "./protections.module.css";

type ProtectionsProps = {
  protection: ProtectionView;
  /** With a heading, on a surface of its own. */
  isCard?: boolean;
};

/** What protects the picture, in a sentence each. Nothing if nothing does. */
export function Protections({ protection: { captures, watermark }, isCard = false }: ProtectionsProps): ReactNode {
  const { protection } = useI18n().messages;
  const title = useId();
  if (captures === "allowed" && !watermark) return null;
  return (
    <section className={classNames(isCard && styles["card"])} aria-labelledby={title} data-protection>
      <h2 id={title} className={isCard ? styles["title"] : "visually-hidden"}>
        {protection.title}
      </h2>
      <ul className={styles["rows"]}>
        {watermark && (
          <li>
            <Monitor aria-hidden />
            {protection.watermark}
          </li>
        )}
        {captures !== "allowed" && (
          <li data-captures={captures}>
            {captures === "blocked" ? <ShieldCheck aria-hidden /> : <MonitorX aria-hidden />}
            {protection.captures[captures]}
          </li>
        )}
      </ul>
    </section>
  );
}
