import type { ReactNode } from "react";
import { Poster } from "../../ui/index.ts";
import styles from "./video-facts.module.css";

type VideoFactsProps = {
  title: string;
  /** `null`: the stick does not have the video any more. */
  poster: { readonly url: string | null } | null;
  detail: string | null;
};

/** A small picture of a video, its title, and a word about it. */
export function VideoFacts({ title, poster, detail }: VideoFactsProps): ReactNode {
  return (
    <>
      <span className={styles["still"]}>
        {poster !== null && <Poster key={poster.url} url={poster.url} title={title} />}
      </span>
      <span className={styles["words"]}>
        <span className={styles["title"]} data-title>
          {title}
        </span>
        {detail !== null && <span className={styles["detail"]}>{detail}</span>}
      </span>
    </>
  );
}

/** The button, or the line, around these facts. */
export const videoLine = styles["video"] ?? "";
