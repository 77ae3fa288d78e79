import { expect, it, vi } from "vitest";
import { createSheets, type Storyboard } from "../../src-renderer/features/player/storyboard-sheets.ts";

const STORYBOARD: Storyboard = {
  everySeconds: 10,
  width: 320,
  height: 180,
  columns: 5,
  rows: 5,
  count: 250,
  sheetUrls: Array.from({ length: 10 }, (_, place) => `sheet ${place}`),
};

/** Sheets that arrive when a test lets them. */
function setUp() {
  const waiting = new Map<string, (sheet: ImageBitmap | null) => void>();
  const closed: string[] = [];
  const asked: string[] = [];
  const changed = vi.fn<() => void>();
  const sheets = createSheets(STORYBOARD, changed, (url, width, height) => {
    asked.push(url);
    expect([width, height]).toEqual([1600, 900]);
    return new Promise((settle) => waiting.set(url, settle));
  });
  const arrive = async (place: number, isWhole = true) => {
    const url = `sheet ${place}`;
    const bitmap = { width: 1600, height: 900, close: () => closed.push(url) };
    waiting.get(url)?.(isWhole ? bitmap : null);
    await Promise.resolve();
    await Promise.resolve();
  };
  const show = async (place: number) => {
    sheets.want(place);
    await arrive(place);
  };
  return { sheets, asked, closed, changed, arrive, show };
}

it("loads nothing before a picture is wanted, and each sheet once", async () => {
  const { sheets, asked, changed, show } = setUp();
  expect([asked, sheets.at(2)]).toEqual([[], undefined]);
  await show(2);
  await show(2);
  expect(asked).toEqual(["sheet 2"]);
  expect(sheets.at(2)).toMatchObject({ width: 1600 });
  expect(changed).toHaveBeenCalledOnce();
});

it("keeps the three sheets that were used last", async () => {
  const { sheets, closed, show } = setUp();
  for (const place of [0, 1, 2, 0, 3]) await show(place);
  expect(closed).toEqual(["sheet 1"]);
  expect([0, 1, 2, 3].map((place) => sheets.at(place) !== undefined)).toEqual([true, false, true, true]);
});

it("loads one at a time, and of those that wait only the newest", async () => {
  const { sheets, asked, arrive } = setUp();
  for (const place of [0, 1, 2, 3, 4]) sheets.want(place);
  expect(asked).toEqual(["sheet 0"]);
  await arrive(0);
  expect(asked).toEqual(["sheet 0", "sheet 4"]);
  sheets.want(0);
  await arrive(4);
  expect(asked).toEqual(["sheet 0", "sheet 4"]);
});

it("says which sheet cannot be shown, and does not ask for it again and again", async () => {
  const { sheets, asked, arrive } = setUp();
  sheets.want(1);
  await arrive(1, false);
  sheets.want(1);
  expect([sheets.at(1), asked]).toEqual([null, ["sheet 1"]]);
});

it("forgets what has arrived, and what arrives later, when the film is closed", async () => {
  const { sheets, closed, changed, arrive, show } = setUp();
  await show(0);
  sheets.want(1);
  sheets.close();
  await arrive(1);
  expect([closed, sheets.at(0), changed.mock.calls.length]).toEqual([["sheet 0", "sheet 1"], undefined, 1]);
});
