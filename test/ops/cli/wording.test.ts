import { describe, expect, it } from "vitest";
import { titleFromName, titleOf } from "../../../src-ops/packing/probe.ts";
import { drawTitleCard } from "../../../src-ops/packing/title-card.ts";
import { failureOf } from "../../../src-ops/failure.ts";
import { createProgress, describeStep } from "../../../src-ops/cli/progress.ts";
import { formatBytes, formatDate, formatDuration } from "../../../src-ops/formatting.ts";

describe("progress", () => {
  const step = { name: "film.mp4", fileDone: 420, fileBytes: 1000, allDone: 1_200_000, allBytes: 7_000_000 };

  it("shows the file, the total, the speed and the time left", () => {
    expect(describeStep(step, 2)).toBe("film.mp4 42 % · all 17 % (1.2 MB of 7.0 MB) · 600 kB/s · 0:10 left");
  });

  function record(isTTY: boolean) {
    const written: string[] = [];
    let now = 0;
    const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) };
    const progress = createProgress(stream, () => now);
    return { written, progress, at: (ms: number) => ((now = ms), progress.show(step)) };
  }

  it("redraws one line on a terminal, cut to its width, and clears it at the end", () => {
    const { written, progress, at } = record(true);
    for (const ms of [0, 100, 250, 300, 500]) at(ms);
    progress.end();
    expect(written).toHaveLength(3);
    expect(written[0]).toBe(`\r\u001b[K${describeStep(step, 0.25).slice(0, 39)}`);
    expect(written.at(-1)).toBe("\r\u001b[K");
  });

  it("starts to measure anew with the next phase: packing is faster than playing each film first", () => {
    const written: string[] = [];
    let now = 0;
    const progress = createProgress({ isTTY: true, columns: 200, write: (text) => written.push(text) }, () => now);
    for (const [ms, allDone] of [
      [60_000, 7_000_000],
      [61_000, 1_000],
      [63_000, 1_200_000],
    ] as const) {
      now = ms;
      progress.show({ ...step, allDone });
    }
    expect(written.at(-1)).toContain("600 kB/s · 0:10 left");
  });

  it("writes a line every few seconds if the output is not a terminal", () => {
    const { written, progress, at } = record(false);
    for (let ms = 0; ms <= 11_000; ms += 100) at(ms);
    progress.end();
    expect(written).toHaveLength(2);
    for (const line of written) expect(line).toMatch(/^film\.mp4 .+\n$/);
  });
});

describe("formatting", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1500, "1.5 kB"],
    [123_456_789, "123 MB"],
    [4_000_000_000, "4.0 GB"],
  ])("%i bytes", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, "0:00"],
    [61, "1:01"],
    [3723, "1:02:03"],
  ])("%i seconds", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it("dates, and seconds beyond the last date", () => {
    expect(formatDate(1_767_225_600)).toBe("2026-01-01T00:00:00Z");
    expect(formatDate(9e15)).toBe("second 9000000000000000");
  });
});

describe("titles", () => {
  it.each([
    ["/x/Summer_at-sea.mp4", "Summer at sea"],
    ["/x/holiday.2024.part.1.mkv", "Holiday 2024 part 1"],
    ["/x/été.mov", "Été"],
    ["/x/___.mp4", "___"],
    ["/x/Spider-Man.mp4", "Spider-Man"],
    ["/x/Spider-Man_2.mp4", "Spider-Man 2"],
    ["/x/T-34.mkv", "T-34"],
    ["/x/e-mail.mkv", "E-mail"],
    ["/x/2024-05-01.mp4", "2024-05-01"],
    ["/x/Dr. Who 2.0.mp4", "Dr. Who 2.0"],
    ["/x/Dr.Who.2.0.mp4", "Dr Who 2.0"],
    ["/x/summer-at-sea.mp4", "Summer at sea"],
    ["/x/iPhone.mov", "iPhone"],
    ["/x/St. Elmo's Fire - Director's cut.mp4", "St. Elmo's Fire - Director's cut"],
    ["/x/\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.mp4", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
    ["/x/\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.mp4", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}"],
  ])("of %s", (path, title) => expect(titleFromName(path)).toBe(title));

  it.each([
    ["the metadata", "  Summer  at sea\0\0", "Summer at sea"],
    ["the name where the metadata has no visible title", " \u200b ", "Film"],
    ["the file name if there is no metadata", undefined, "Film"],
    [
      "Persian metadata",
      "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
      "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
  ])("come from %s", (_where, tag, title) => expect(titleOf("/x/film.mp4", tag)).toEqual({ ok: true, value: title }));

  it.each([
    ["a line break", "one\ntwo", "U+000A"],
    ["a direction mark", "one \u202etwo", "U+202E"],
  ])("in the metadata must not have %s", (_what, tag, name) => {
    const title = titleOf("/x/film.mp4", tag);
    expect(title).toMatchObject({ ok: false, error: { code: "TITLE_INVALID" } });
    expect(title.ok || title.error.message).toContain(`/x/film.mp4: the title in its metadata has ${name}`);
  });
});

describe("the title card", () => {
  const draw = (title: string) => Buffer.from(drawTitleCard(title)).toString();
  const lines = (svg: string) => [...svg.matchAll(/<tspan[^>]*>([^<]*)<\/tspan>/g)].map((match) => match[1]);

  it("escapes markup", () => {
    const svg = draw(`</text><script>alert("1")</script>&`);
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;");
    expect(svg).toContain("&amp;");
  });

  it("wraps long titles at words, and cuts very long ones", () => {
    expect(lines(draw("The old man and the lighthouse by the sea"))).toEqual([
      "The old man and the",
      "lighthouse by the sea",
    ]);
    const cut = lines(draw("word ".repeat(60).trim()));
    expect(cut).toHaveLength(4);
    expect(cut.at(-1)).toMatch(/…$/);
  });

  it("breaks a very long word between characters", () => {
    const svg = draw("😀".repeat(40));
    expect(lines(svg)).toEqual(["😀".repeat(24), "😀".repeat(16)]);
  });

  it("removes characters that XML does not allow", () => {
    expect(lines(draw("a\u0000b\u0007c"))).toEqual(["abc"]);
  });
});

describe("failures", () => {
  it.each([
    ["ENOSPC", "DISK_FULL"],
    ["EROFS", "READ_ONLY"],
    ["EACCES", "NOT_ALLOWED"],
    ["EBUSY", "FILE_SYSTEM"],
    ["ENAMETOOLONG", "FILE_SYSTEM"],
    ["ENODEV", "NOT_FOUND"],
    ["UNKNOWN", "NOT_FOUND"],
    ["EWEIRD", "FILE_SYSTEM"],
  ])("%s becomes %s, in one line with the path", (errno, code) => {
    const error = Object.assign(new Error("long story"), { code: errno, path: "/stick/VAULT" });
    const failure = failureOf(error);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/^[^\n]+\/stick\/VAULT \([A-Z]+\)\.$/);
  });

  it.each(["EPERM", "EACCES", "EBUSY"])("%s on Windows never speaks of space, but of other programs", (errno) => {
    const error = Object.assign(new Error("long story"), { code: errno, path: "C:\\keys\\register" });
    expect(failureOf(error, "win32").message).toMatch(/program/);
    expect(failureOf(error, "win32").message).not.toMatch(/full|space/);
  });

  it("a bug becomes one line without a stack trace", () => {
    expect(failureOf(new TypeError("x is undefined\n    at y"))).toMatchObject({ code: "INTERNAL" });
    expect(failureOf(new TypeError("x is undefined\n    at y")).message).not.toContain("\n");
  });
});
