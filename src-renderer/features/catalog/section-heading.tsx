import type { ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import styles from "./section-heading.module.css";
import type { SectionProgress } from "./sections.ts";

/** The title of a section, and how far the viewer is with it. Its description is in one line, whole in its tooltip. */
export function SectionHeading({ section }: { section: SectionProgress }): ReactNode {
  const { messages, format } = useI18n();
  const { title, description, done, total, leftSeconds } = section;
  const line = description.replaceAll("\n", " ");
  const share = total === 0 ? 0 : done / total;
  return (
    <div className={styles["heading"]} data-section>
      <div className={styles["line"]}>
        <h3 className={styles["title"]} title={title}>
          {title}
        </h3>
        {total > 0 && (
          <>
            <span className={styles["bar"]} aria-hidden>
              <span style={{ width: `${share * 100}%` }} />
            </span>
            <span className={styles["progress"]}>
              {leftSeconds === 0
                ? messages.catalog.done(done, total)
                : messages.catalog.progress(done, total, format.brief(leftSeconds))}
            </span>
          </>
        )}
      </div>
      {line !== "" && (
        <p className={styles["description"]} title={description}>
          {line}
        </p>
      )}
    </div>
  );
}
