import type { ReactNode } from "react";
import type { GridRow } from "./grid-rows.ts";
import { SectionHeading } from "./section-heading.tsx";
import type { SectionProgress } from "./sections.ts";
import styles from "./title-grid.module.css";

type GridSectionProps = {
  rows: readonly GridRow[];
  group: number;
  heading: SectionProgress | null;
  /** What stays over the upper edge of the window. */
  headPx: number;
  children: ReactNode;
};

/** The rendered rows of a section. Its heading stays in sight while its cards are, and leaves with the last of them. */
export function GridSection({ rows, group, heading, headPx, children }: GridSectionProps): ReactNode {
  const first = rows.findIndex((row) => row.group === group);
  const last = rows.findLast((row) => row.group === group);
  const { topPx = 0 } = rows[first] ?? {};
  const bottomPx = (last?.topPx ?? 0) + (last?.heightPx ?? 0);
  return (
    <>
      {heading !== null && (
        <div className={styles["section"]} style={{ top: topPx, height: bottomPx - topPx }}>
          <div role="row" aria-rowindex={first + 1} className={styles["sticky"]} style={{ top: headPx }}>
            <div role="rowheader">
              <SectionHeading section={heading} />
            </div>
          </div>
        </div>
      )}
      {children}
    </>
  );
}
