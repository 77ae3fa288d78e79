import { describe, expect, it } from "vitest";
import { parseWebVtt } from "../../../src-ops/packing/webvtt.ts";

const parse = (text: string | Uint8Array) => parseWebVtt(typeof text === "string" ? Buffer.from(text) : text);
const CUE = "00:01.000 --> 00:02.500";

describe("valid WebVTT", () => {
  it.each([
    ["an empty file of the format", "WEBVTT", []],
    ["a title after the signature", "WEBVTT - the film\n", []],
    ["a byte order mark", `\uFEFFWEBVTT\n\n${CUE}\nHi`, ["Hi"]],
    ["carriage returns", `WEBVTT\r\n\r\n${CUE}\r\nHi\r\nthere\r\n\r\n`, ["Hi\nthere"]],
    ["lines that end as on old Macs", `WEBVTT\r\r${CUE}\rHi`, ["Hi"]],
    ["a cue with a name", `WEBVTT\n\nintro\n${CUE}\nHi`, ["Hi"]],
    ["cue settings", `WEBVTT\n\n${CUE} line:0 align:start\nHi`, ["Hi"]],
    ["hours", "WEBVTT\n\n01:00:01.000 --> 100:00:02.000\nHi", ["Hi"]],
    ["notes, styles and regions", `WEBVTT\n\nNOTE 1 --> 2\n\nSTYLE\n::cue{}\n\nREGION\nid:a\n\n${CUE}\nHi`, ["Hi"]],
    ["a cue without text", `WEBVTT\n\n${CUE}\n\n${CUE}\nHi`, ["", "Hi"]],
    ["several blank lines", `WEBVTT\n\n\n\n${CUE}\nHi\n\n\n\n`, ["Hi"]],
    ["a cue right after the header", `WEBVTT\n${CUE}\nHi\n\n${CUE}\nthere`, ["Hi", "there"]],
    ["a cue without length, which is never shown", "WEBVTT\n\n00:02.000 --> 00:02.000\nHi", ["Hi"]],
    ["header lines", `WEBVTT\nKind: captions\n\n${CUE}\nHi`, ["Hi"]],
  ])("%s", (_what, text, words) => {
    const cues = parse(text);
    expect(cues.ok && cues.value.map((cue) => cue.text)).toEqual(words);
  });

  it("returns times in seconds", () => {
    expect(parse("WEBVTT\n\n01:02:03.450 --> 01:02:04.000\nHi")).toEqual({
      ok: true,
      value: [{ startSeconds: 3723.45, endSeconds: 3724, text: "Hi" }],
    });
  });
});

describe("invalid WebVTT is refused with its line", () => {
  it.each([
    ["no signature", `${CUE}\nHi`, 1],
    ["a longer signature", "WEBVTTX\n", 1],
    ["an empty file", "", 1],
    ["SubRip", "1\n00:00:01,000 --> 00:00:02,000\nHi", 1],
    ["a comma in a time", "WEBVTT\n\n00:01,000 --> 00:02.000\nHi", 3],
    ["a short arrow", "WEBVTT\n\n00:01.000 -> 00:02.000\nHi", 4],
    ["sixty seconds", "WEBVTT\n\n00:60.000 --> 01:02.000\nHi", 3],
    ["a cue that ends before it begins", "WEBVTT\n\n00:02.000 --> 00:01.000\nHi", 3],
    ["text without a time", `WEBVTT\n\n${CUE}\nHi\n\nlost words\nmore`, 7],
    ["a name without a time", "WEBVTT\n\nintro", 4],
    ["a cue without a blank line before it", `WEBVTT\n\n${CUE}\nHi\n${CUE}\nthere`, 5],
  ])("%s", (_what, text, line) => {
    expect(parse(text)).toEqual({ ok: false, error: { line, reason: expect.any(String) } });
  });

  it("text that is not UTF-8", () => {
    expect(parse(Buffer.from("WEBVTT\n\n\xe9", "latin1"))).toMatchObject({ ok: false, error: { line: 0 } });
  });
});
