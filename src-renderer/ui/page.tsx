import type { ReactNode } from "react";
import styles from "./page.module.css";

type PageProps = {
  screen: "no-stick" | "locked" | "license" | "settings" | "lists";
  start?: ReactNode;
  end?: ReactNode;
  children: ReactNode;
};

/** The layout of a screen: a bar with navigation at the top, and a centred column below it. */
export function Page({ screen, start, end, children }: PageProps): ReactNode {
  return (
    <div className={styles["page"]} data-screen={screen}>
      <header className={styles["bar"]}>
        <div className={styles["side"]}>{start}</div>
        <div className={styles["side"]}>{end}</div>
      </header>
      <main className={styles["main"]}>{children}</main>
    </div>
  );
}
