import { type ReactNode, type RefObject, useEffect, useState } from "react";
import styles from "./watermark.module.css";
import { type Box, CORNER, nextPlace, pictureIn, type Place, PLACES, stayMs } from "./watermark-places.ts";

type WatermarkProps = { mode: "corner" | "moving"; text: string; video: RefObject<HTMLVideoElement | null> };

/** The text that leads back to a license, over the picture and its subtitles, under the controls. */
export function Watermark({ mode, text, video }: WatermarkProps): ReactNode {
  const box = usePictureBox(video);
  return mode === "corner" ? <Mark text={text} box={box} place={CORNER} /> : <MovingMark text={text} box={box} />;
}

/** Where it was fades out while it fades in where it is: it is never absent. */
function MovingMark({ text, box }: { text: string; box: Box | null }): ReactNode {
  const [{ now, before }, setPlaces] = useState({ now: Math.floor(Math.random() * PLACES.length), before: -1 });
  useEffect(() => {
    const move = (): void => setPlaces((last) => ({ now: nextPlace(last.now, Math.random()), before: last.now }));
    const timer = setTimeout(move, stayMs(Math.random()));
    return () => clearTimeout(timer);
  }, [now]);
  return [before, now].map((index) => {
    const place = PLACES[index];
    return (
      place && (
        <Mark
          key={index}
          text={text}
          box={box}
          place={place}
          fade={before >= 0 ? (index === now ? "in" : "out") : null}
        />
      )
    );
  });
}

type MarkProps = { text: string; box: Box | null; place: Place; fade?: "in" | "out" | null };

function Mark({ text, box, place: { x, y }, fade = null }: MarkProps): ReactNode {
  if (box === null) return null;
  const style = {
    left: box.left + x * box.width,
    top: box.top + y * box.height,
    translate: `${shift(x)} ${shift(y)}`,
    fontSize: Math.min(32, Math.max(14, 0.022 * box.height)),
  };
  return (
    <span aria-hidden className={styles["mark"]} data-watermark={fade ?? "there"} style={style}>
      {text}
    </span>
  );
}

/** So that the text is inside of its place: on its right, around it, or on its left; the same up and down. */
function shift(share: number): string {
  if (share === 0.5) return "-50%";
  return share < 0.5 ? "0" : "-100%";
}

/** Where the picture of a video is; `null` before the first frame is known. */
function usePictureBox(video: RefObject<HTMLVideoElement | null>): Box | null {
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { clientWidth, clientHeight, videoWidth, videoHeight } = element;
      const picture = { width: videoWidth, height: videoHeight };
      setBox(pictureIn({ width: clientWidth, height: clientHeight }, picture));
    };
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    const listening = new AbortController();
    for (const name of ["loadedmetadata", "resize"]) element.addEventListener(name, measure, listening);
    return () => {
      resized.disconnect();
      listening.abort();
    };
  }, [video]);
  return box;
}
