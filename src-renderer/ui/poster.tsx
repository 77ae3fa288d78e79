import { type ReactNode, type SyntheticEvent, useState } from "react";
import { classNames } from "./class-names.ts";
import styles from "./poster.module.css";

/** The number of a lesson at the beginning of its title, as in `05 - Sound`; a year or `300` alone is none. */
const LESSON_NUMBER = /^\s*(\d{1,3})\s*[-–—.:)]\s/;

/** From this ratio of width to height on, little is lost where a poster fills its 16:9 card. */
const WIDE_FROM = 1.5;
const WIDE_TO = 2.1;

type Fit = "unknown" | "fills" | "whole" | "failed";

function fitOf({ naturalWidth, naturalHeight }: HTMLImageElement): Fit {
  const ratio = naturalWidth / naturalHeight;
  return ratio >= WIDE_FROM && ratio <= WIDE_TO ? "fills" : "whole";
}

/**
 * The poster of a video: it fills the card where it is about 16:9, and is shown whole where it is not. Without a poster,
 * or with one that cannot be shown, the card is drawn. Needs its address as key.
 */
export function Poster({ url, title }: { url: string | null; title: string }): ReactNode {
  const [fit, setFit] = useState<Fit>("unknown");
  if (url === null || fit === "failed") {
    const number = LESSON_NUMBER.exec(title)?.[1];
    return (
      <span className={classNames(styles["drawn"], number !== undefined && styles["number"])} data-drawn aria-hidden>
        {number ?? title}
      </span>
    );
  }
  return (
    <img
      className={styles["image"]}
      data-fit={fit}
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      crossOrigin="anonymous"
      draggable={false}
      onLoad={(event: SyntheticEvent<HTMLImageElement>) => setFit(fitOf(event.currentTarget))}
      onError={() => setFit("failed")}
    />
  );
}
