import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { pictureAt } from "../../../src-shared/storyboard.ts";
import { clock } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import type { Chapter } from "./chapters.ts";
import styles from "./seek-bar.module.css";
import { createSheets, type Sheets, type Storyboard } from "./storyboard-sheets.ts";

type SeekPreviewProps = {
  seconds: number;
  /** Where it stands above the bar, as a share of the bar's width. */
  place: string;
  chapter: Chapter | null;
  storyboard: Storyboard | null;
  sheets: Sheets | null;
};

/** The time under the pointer, with the picture of that time where there is one. Near an edge it stays in the window. */
export function SeekPreview({ seconds, place, chapter, storyboard, sheets }: SeekPreviewProps): ReactNode {
  const picture = storyboard && pictureAt(storyboard, seconds);
  const wanted = picture?.sheet;
  useEffect(() => {
    if (wanted !== undefined) sheets?.want(wanted);
  }, [sheets, wanted]);
  const sheet = wanted === undefined ? null : sheets?.at(wanted);
  return (
    <div
      ref={(label) => label?.style.setProperty("--half", `${label.offsetWidth / 2}px`)}
      className={classNames(styles["preview"], sheet !== null && styles["pictured"])}
      style={{ "--place": place } as CSSProperties}
      data-preview
      aria-hidden
    >
      {storyboard && picture && sheet !== null && <Picture {...storyboard} {...picture} bitmap={sheet} />}
      <span className={styles["time"]}>
        {clock(seconds)}
        {chapter !== null && ` · ${chapter.title}`}
      </span>
    </div>
  );
}

type PictureProps = {
  /** `undefined`: it is on its way. */
  bitmap: ImageBitmap | undefined;
  x: number;
  y: number;
  width: number;
  height: number;
};

function Picture({ bitmap, x, y, width, height }: PictureProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    context?.clearRect(0, 0, width, height);
    if (bitmap) context?.drawImage(bitmap, x, y, width, height, 0, 0, width, height);
  }, [bitmap, x, y, width, height]);
  return (
    <canvas
      ref={canvas}
      className={styles["picture"]}
      width={width}
      height={height}
      data-picture={bitmap ? `${x} ${y}` : "loading"}
    />
  );
}

/** The sheets of the film that is open; the component that uses them is drawn again when one has arrived. */
export function useSheets(storyboard: Storyboard | null): Sheets | null {
  const [, draw] = useState(0);
  const [sheets, setSheets] = useState<Sheets | null>(null);
  useEffect(() => {
    if (storyboard === null) return undefined;
    const created = createSheets(storyboard, () => draw((count) => count + 1));
    setSheets(created);
    return () => {
      created.close();
      setSheets(null);
    };
  }, [storyboard]);
  return sheets;
}
