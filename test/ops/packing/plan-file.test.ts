import { describe, expect, it } from "vitest";
import { parseEditPlan, parsePackPlan } from "../../../src-ops/packing/plan-file.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { MAX_DESCRIPTION_CHARS, MAX_SECTIONS } from "../../../src-shared/limits.ts";

const FILM = { file: "1/knots.mp4", title: "Knots" };
const PLAN = { format: "uvv-pack-plan/1", folder: "lessons", sections: [{ title: "Ropes", videos: [FILM] }] };
const withFilm = (more: object) => ({ ...PLAN, sections: [{ title: "Ropes", videos: [{ ...FILM, ...more }] }] });
const read = (plan: object) => parsePackPlan(utf8(JSON.stringify(plan)));
const faultOf = (plan: object) => {
  const parsed = read(plan);
  return parsed.ok ? undefined : parsed.error;
};

describe("a plan", () => {
  it("has every member of its page", () => {
    const subtitles = [{ file: "1/knots.fr.srt", language: "French", kind: "sdh" }];
    const more = {
      description: "Eight\r\nknots.\n",
      poster: "./1/knots.jpg",
      subtitles,
      chapters: "1/knots.chapters.vtt",
    };
    expect(read({ ...withFilm(more), videos: [{ file: "welcome.mp4" }] })).toEqual({
      ok: true,
      value: {
        ...PLAN,
        videos: [{ file: "welcome.mp4" }],
        sections: [
          {
            title: "Ropes",
            videos: [
              {
                ...FILM,
                description: "Eight\nknots.",
                poster: "1/knots.jpg",
                subtitles: [{ file: "1/knots.fr.srt", language: "fr", kind: "sdh" }],
                chapters: "1/knots.chapters.vtt",
              },
            ],
          },
        ],
      },
    });
  });

  it.each([
    ["UTF-16, as Windows PowerShell writes it", Buffer.from(`\u{feff}${JSON.stringify(PLAN)}`, "utf16le")],
    ["UTF-8 with a byte order mark", Buffer.from(`\u{feff}${JSON.stringify(PLAN)}`)],
    ["lines with carriage returns", Buffer.from(JSON.stringify(PLAN, null, 2).replaceAll("\n", "\r\n"))],
  ])("may be in %s", (_how, bytes) => {
    expect(parsePackPlan(bytes)).toMatchObject({ ok: true, value: { sections: [{ title: "Ropes" }] } });
  });

  it.each([
    ["Latin", "é"],
    ["Cyrillic", "ж"],
    ["Arabic", "م"],
    ["Hebrew", "ש"],
    ["Devanagari", "क"],
    ["Thai", "ก"],
    ["Han", "海"],
    ["Hangul", "배"],
    ["Old Italic, of two UTF-16 units each", "\u{10300}"],
    ["emoji", "\u{1F6A2}"],
  ])("may have titles of 500 code points, in %s", (_script, letter) => {
    expect(read(withFilm({ title: letter.repeat(500) })).ok).toBe(true);
    expect(faultOf(withFilm({ title: letter.repeat(501) }))).toBe(
      "sections.0.videos.0.title: a title has at most 500 characters",
    );
    expect(read({ ...PLAN, sections: [{ title: letter.repeat(500), videos: [FILM] }] }).ok).toBe(true);
  });

  it("has at most 2,000 sections", () => {
    const many = Array.from({ length: MAX_SECTIONS + 1 }, (_, place) => ({
      title: `${place}`,
      videos: [{ file: `${place}.mp4` }],
    }));
    expect(read({ ...PLAN, sections: many.slice(1) }).ok).toBe(true);
    expect(faultOf({ ...PLAN, sections: many })).toBe("sections: there are at most 2000 sections");
  });
});

describe("a plan is refused", () => {
  it.each([
    ["a misspelt member", withFilm({ titel: "Knots" }), "sections.0.videos.0.titel: no member has this name"],
    ["no folder", { format: PLAN.format, sections: [] }, "folder: it is missing"],
    ["another version", { ...PLAN, format: "uvv-pack-plan/2" }, /^format: /],
    ["an empty section", { ...PLAN, sections: [{ title: "Ropes", videos: [] }] }, /a section has at least one video/],
    ["an invisible title", withFilm({ title: " \u200B " }), /at least one visible character/],
    ["two lines in a title", withFilm({ title: "One\nTwo" }), /this one has U\+000A/],
    ["a direction mark in a title", withFilm({ title: "\u202Eback" }), /this one has U\+202E/],
    ["half a character in a title", withFilm({ title: "\uD83D" }), /this one has U\+D83D/],
    ["a control character in a description", withFilm({ description: "a\u0007" }), /this one has U\+0007/],
    [
      "too long a description",
      withFilm({ description: "d".repeat(MAX_DESCRIPTION_CHARS + 1) }),
      /at most 5000 characters/,
    ],
    [
      "an unknown language",
      withFilm({ subtitles: [{ file: "a.vtt", language: "klingonish" }] }),
      /must be a language code/,
    ],
    [
      "an unknown kind",
      withFilm({ subtitles: [{ file: "a.vtt", language: "fr", kind: "loud" }] }),
      /forced, sdh, commentary/,
    ],
    [
      "a film twice",
      { ...PLAN, videos: [{ file: "./1//knots.mp4" }] },
      "it has 1/knots.mp4 twice: each film has one place",
    ],
    ["a number for a title", withFilm({ title: 7 }), /^sections\.0\.videos\.0\.title: /],
    ["a list", [], "format: it is missing"],
  ])("with %s", (_what, plan, sentence) => {
    expect(faultOf(plan)).toMatch(sentence);
  });

  it.each(["", "/etc/passwd", "../other.mp4", "1/../../other.mp4", "C:\\films\\a.mp4", "\\\\server\\a.mp4", "a\0.mp4"])(
    "with a film outside of its folder: %j",
    (file) => {
      for (const plan of [withFilm({ file }), withFilm({ poster: file }), withFilm({ chapters: file })]) {
        expect(faultOf(plan)).toMatch(/it must name a file inside the folder of the plan$/);
      }
    },
  );

  it.each([
    [
      "a missing comma, with its place",
      utf8('{"format": "uvv-pack-plan/1"\n "folder": "a"}'),
      /NOT_JSON, line 2 column 2/,
    ],
    ["a member twice", utf8('{"folder":"a","folder":"b"}'), /DUPLICATE_NAME/],
    ["__proto__", utf8('{"__proto__":{}}'), /FORBIDDEN_NAME/],
    ["another encoding", Uint8Array.of(0x7b, 0xe9, 0x7d), /not UTF-8/],
    ["ten thousand levels", utf8(`${"[".repeat(10_000)}${"]".repeat(10_000)}`), /NOT_JSON/],
    ["nothing", utf8(""), /NOT_JSON/],
  ])("with %s", (_what, bytes, sentence) => {
    expect(parsePackPlan(bytes)).toEqual({ ok: false, error: expect.stringMatching(sentence) });
  });

  it("of a stick where films are packed, and the other way round", () => {
    const edit = { format: "uvv-edit-plan/1", videos: [{ id: "a".repeat(26), title: "Knots" }] };
    expect(faultOf(edit)).toMatch(/it is a plan of a stick/);
    expect(parseEditPlan(utf8(JSON.stringify(PLAN)))).toEqual({
      ok: false,
      error: expect.stringMatching(/plan for packing/),
    });
    const twice = { ...edit, sections: [{ title: "Ropes", videos: edit.videos }] };
    expect(parseEditPlan(utf8(JSON.stringify(twice)))).toEqual({
      ok: false,
      error: expect.stringMatching(/a{26} twice/),
    });
  });
});
