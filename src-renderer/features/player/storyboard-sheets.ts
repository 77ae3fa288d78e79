import type { Playback } from "../../../src-shared/ipc/index.ts";

export type Storyboard = NonNullable<Playback["storyboard"]>;

/** The last ones stay in memory: viewers look back and forth. */
const MAX_SHEETS = 3;

/** The decoded sheets of a storyboard. `changed` is called when one has arrived. */
export type Sheets = {
  /** `undefined`: the sheet was not wanted yet, or is on its way. `null`: it cannot be shown. */
  readonly at: (place: number) => ImageBitmap | null | undefined;
  readonly want: (place: number) => void;
  readonly close: () => void;
};

/** @param load gives the decoded sheet, or `null` */
export function createSheets(
  storyboard: Storyboard,
  changed: () => void,
  load: (url: string, width: number, height: number) => Promise<ImageBitmap | null> = loadSheet,
): Sheets {
  const { sheetUrls, columns, rows, width, height } = storyboard;
  /** The one that was used last is at the end. */
  const sheets = new Map<number, ImageBitmap | null>();
  let [isLoading, isClosed] = [false, false];
  let wanted: number | undefined;

  /** One after another, and only the newest of those that wait: a stick is slow, and a pointer is quick. */
  async function work(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    while (wanted !== undefined) {
      const place = wanted;
      wanted = undefined;
      const sheet = await load(sheetUrls[place] ?? "", columns * width, rows * height).catch(() => null);
      if (isClosed) sheet?.close();
      else keep(place, sheet);
    }
    isLoading = false;
  }

  function keep(place: number, sheet: ImageBitmap | null): void {
    sheets.set(place, sheet);
    for (const [oldest, bitmap] of sheets) {
      if (sheets.size <= MAX_SHEETS) break;
      bitmap?.close();
      sheets.delete(oldest);
    }
    changed();
  }

  return {
    at: (place) => sheets.get(place),
    want(place) {
      if (isClosed) return;
      const sheet = sheets.get(place);
      wanted = sheet === undefined ? place : undefined;
      if (sheet === undefined) return void work();
      sheets.delete(place);
      sheets.set(place, sheet);
    },
    close() {
      isClosed = true;
      wanted = undefined;
      for (const sheet of sheets.values()) sheet?.close();
      sheets.clear();
    },
  };
}

/** Decodes a picture outside of the page's own thread. One of another size is not decoded at all. */
async function loadSheet(url: string, width: number, height: number): Promise<ImageBitmap | null> {
  const image = new Image();
  image.crossOrigin = "anonymous";
  const arrived = new Promise<boolean>((settle) => {
    image.addEventListener("load", () => settle(true));
    image.addEventListener("error", () => settle(false));
  });
  image.src = url;
  if (!(await arrived) || image.naturalWidth !== width || image.naturalHeight !== height) return null;
  await image.decode();
  return createImageBitmap(image);
}
