import { describe, expect, it } from "vitest";
import { UNPROTECTED } from "../../../src-shared/protection.ts";
import {
  MAX_DESCRIPTION_CHARS,
  MAX_SECTIONS,
  MAX_STORYBOARD_PICTURES,
  MAX_STORYBOARD_SHEET_BYTES,
} from "../../../src-shared/limits.ts";
import { type CatalogVideo, formatCatalog, parseCatalog, type Section } from "../../../src-shared/vault/index.ts";
import { testId } from "../../fakes/test-keys.ts";

const VIDEO: CatalogVideo = {
  id: testId("video"),
  title: "Knots",
  durationSeconds: 60,
  width: 640,
  height: 360,
  type: "video/mp4",
  codecs: [],
  added: 0,
  file: { id: testId("file"), bytes: 1, key: "A".repeat(80) },
  subtitles: [],
  chapters: [],
};

const parse = (sections: readonly Section[], videos: readonly CatalogVideo[]) =>
  parseCatalog({ v: 2, sections, videos });
const damaged = { ok: false, error: "DAMAGED" };

describe("a catalog is written", () => {
  it("in the first version while it has neither sections nor descriptions, which older apps open", () => {
    expect(
      JSON.parse(formatCatalog({ protection: UNPROTECTED, hidesTitles: false, sections: [], videos: [VIDEO] })),
    ).toEqual({
      v: 1,
      videos: [VIDEO],
    });
  });

  it.each([
    ["a section", { hidesTitles: false, sections: [{ title: "Ropes" }], videos: [VIDEO] }],
    ["a description", { hidesTitles: true, sections: [], videos: [{ ...VIDEO, description: "Eight knots." }] }],
  ])("in the second version with %s, and read again", (_what, content) => {
    const catalog = { protection: UNPROTECTED, ...content };
    const written: unknown = JSON.parse(formatCatalog(catalog));
    expect(written).toMatchObject({ v: 2 });
    expect(parseCatalog(written)).toEqual({ ok: true, value: catalog });
  });

  it.each([
    ["captures that are blocked", { capture: "block", watermark: "none" }],
    ["a watermark", { capture: "allow", watermark: "moving" }],
  ] as const)("in the third version with %s, and read again", (_what, protection) => {
    const content = { hidesTitles: true, sections: [{ title: "Ropes" }], videos: [{ ...VIDEO, section: 0 }] };
    const catalog = { protection, ...content };
    const written: unknown = JSON.parse(formatCatalog(catalog));
    expect(written).toMatchObject({ v: 3 });
    expect(parseCatalog(written)).toEqual({ ok: true, value: catalog });
  });
});

describe("the protection", () => {
  const content = { sections: [], videos: [VIDEO] };

  it("is refused where it has a value that this version does not know, or is missing", () => {
    for (const protection of [{ capture: "block", watermark: "burnt-in" }, { capture: true, watermark: "none" }, {}]) {
      expect(parseCatalog({ v: 3, protection, ...content })).toEqual(damaged);
    }
    expect(parseCatalog({ v: 3, ...content })).toEqual(damaged);
  });

  it("refuses a section that is not there, as the second version does", () => {
    const videos = [{ ...VIDEO, section: 0 }];
    expect(parseCatalog({ v: 3, protection: UNPROTECTED, sections: [], videos })).toEqual(damaged);
  });

  it("does not exist in earlier versions, whatever they have", () => {
    const protection = { capture: "block", watermark: "moving" };
    for (const v of [1, 2]) {
      expect(parseCatalog({ v, protection, ...content })).toMatchObject({
        ok: true,
        value: { protection: UNPROTECTED },
      });
    }
  });

  it("of a later version is told as such, so that the app asks for an update", () => {
    expect(parseCatalog({ v: 4, ...content })).toEqual({ ok: false, error: "NEWER" });
  });
});

describe("titles that are hidden outside of the app", () => {
  const hidden = { protection: UNPROTECTED, hidesTitles: true, sections: [] };

  it("are said in either version, which stays the same, and only where it is so", () => {
    for (const description of [undefined, "Eight knots."]) {
      const video = description === undefined ? VIDEO : { ...VIDEO, description };
      const written = JSON.parse(formatCatalog({ ...hidden, videos: [video] })) as object;
      expect(written).toMatchObject({ v: description === undefined ? 1 : 2, hidesTitles: true });
      expect(parseCatalog(written)).toMatchObject({ ok: true, value: { hidesTitles: true } });
    }
    expect(formatCatalog({ ...hidden, hidesTitles: false, videos: [VIDEO] })).not.toContain("hidesTitles");
  });

  it("are refused where it is said in another form", () => {
    for (const hidesTitles of ["true", 1, null])
      expect(parseCatalog({ v: 1, hidesTitles, videos: [] })).toEqual(damaged);
  });
});

describe("sections", () => {
  it("are refused where a video names one that is not there", () => {
    const sections = [{ title: "Ropes" }];
    expect(parse(sections, [{ ...VIDEO, section: 0 }]).ok).toBe(true);
    for (const section of [1, -1, 0.5]) expect(parse(sections, [{ ...VIDEO, section }])).toEqual(damaged);
  });

  it("are at most 2,000", () => {
    const many = Array.from({ length: MAX_SECTIONS + 1 }, (_, place) => ({ title: `${place}` }));
    expect(parse(many.slice(1), []).ok).toBe(true);
    expect(parse(many, [])).toEqual(damaged);
  });

  it("do not exist in the first version, whatever it has beside its videos", () => {
    const plain = { v: 1, sections: [{ title: "Ropes" }], videos: [{ ...VIDEO, section: 7, description: "?" }] };
    const value = { protection: UNPROTECTED, hidesTitles: false, sections: [], videos: [VIDEO] };
    expect(parseCatalog(plain)).toEqual({ ok: true, value });
  });
});

describe("descriptions", () => {
  it("have lines, and are safe to show", () => {
    const description = "One.\nTwo\r \u202Eback";
    const read = parse([{ title: "Ropes", description }], [{ ...VIDEO, description }]);
    const safe = "One.\nTwo\u{fffd} \u{fffd}back";
    expect(read).toMatchObject({
      ok: true,
      value: { sections: [{ description: safe }], videos: [{ description: safe }] },
    });
  });

  it("are counted in code points", () => {
    const longest = "\u{1F3AC}".repeat(MAX_DESCRIPTION_CHARS);
    expect(parse([], [{ ...VIDEO, description: longest }]).ok).toBe(true);
    expect(parse([], [{ ...VIDEO, description: `${longest}.` }])).toEqual(damaged);
  });
});

describe("a storyboard", () => {
  const file = { id: testId("sheets"), bytes: 9, key: "A".repeat(80) };
  const layout = { everySeconds: 10, width: 320, height: 180, columns: 3, rows: 2, count: 6 };
  const storyboard = { ...layout, ...file, sheets: [9] };
  const read = (given: unknown) => {
    const catalog = parseCatalog({ v: 1, videos: [{ ...VIDEO, storyboard: given }] });
    return catalog.ok ? catalog.value.videos[0] : catalog.error;
  };

  it("stands in a catalog of the first version, which older apps open", () => {
    const catalog = { protection: UNPROTECTED, hidesTitles: false, sections: [], videos: [{ ...VIDEO, storyboard }] };
    const written: unknown = JSON.parse(formatCatalog(catalog));
    expect(written).toMatchObject({ v: 1, videos: [{ storyboard }] });
    expect(parseCatalog(written)).toEqual({ ok: true, value: catalog });
  });

  it.each([
    ["no pictures", { count: 0 }],
    ["more pictures than its sheets hold", { count: 7 }],
    ["more sheets than it has pictures for", { sheets: [5, 4] }],
    ["no sheets", { sheets: [] }],
    ["no columns", { columns: 0 }],
    ["more columns than a reader takes", { columns: 6 }],
    ["more rows than a reader takes", { rows: 6 }],
    ["a picture wider than a reader takes", { width: 321 }],
    ["a picture of no height", { height: 0 }],
    ["an absurd width", { width: 2 ** 53 }],
    ["a step of no length", { everySeconds: 0 }],
    ["a step that is no whole number", { everySeconds: 0.5 }],
    ["a step below zero", { everySeconds: -10 }],
    ["text for a number", { height: "180" }],
    [
      "a sheet larger than a reader takes",
      { sheets: [MAX_STORYBOARD_SHEET_BYTES + 1], bytes: MAX_STORYBOARD_SHEET_BYTES + 1 },
    ],
    ["a sheet of no length", { count: 12, sheets: [9, 0] }],
    ["a sheet that begins before the file", { count: 12, sheets: [-1, 10] }],
    ["sheets that are longer than their file", { sheets: [10] }],
    ["sheets that are shorter than their file", { sheets: [8] }],
    ["no key", { key: undefined }],
  ])("counts as absent with %s, and the catalog opens", (_what, change) => {
    expect(read({ ...storyboard, ...change })).toEqual({ ...VIDEO, storyboard: undefined });
  });

  it.each([null, 7, "storyboard", []])("counts as absent where it is %j", (given) => {
    expect(read(given)).toEqual({ ...VIDEO, storyboard: undefined });
  });

  it("has at most as many pictures as a reader takes", () => {
    const of = (count: number) => ({
      ...storyboard,
      columns: 5,
      rows: 5,
      count,
      bytes: Math.ceil(count / 25),
      sheets: Array.from({ length: Math.ceil(count / 25) }, () => 1),
    });
    expect(read(of(MAX_STORYBOARD_PICTURES))).toMatchObject({ storyboard: { count: MAX_STORYBOARD_PICTURES } });
    expect(read(of(MAX_STORYBOARD_PICTURES + 1))).toEqual({ ...VIDEO, storyboard: undefined });
  });
});
