import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeVideo } from "../../../src-ops/packing/probe.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { HARBOUR, LIGHTHOUSE, TIDES } from "../support/publisher-fixture.ts";
import { makeFilm } from "../support/make-film.ts";

const folder = temporaryFolder(afterAll);
const at = (name: string) => join(folder, name);
const probe = (path: string) => probeVideo(path, new AbortController().signal);

/** The code with which a film is refused, and its message; `packed` if it is not. */
async function answer(path: string): Promise<string> {
  const probed = await probe(path);
  return probed.ok ? "packed" : `${probed.error.code}: ${probed.error.message}`;
}

const films: Record<string, string> = {};
beforeAll(() => {
  films["mp4 with its index at the beginning"] = HARBOUR;
  films["mp4 with its index at the end"] = LIGHTHOUSE;
  films["webm"] = TIDES;
  films["fragmented mp4"] = makeFilm(at("fragmented.mp4"), "-movflags +frag_keyframe+empty_moov -g 25");
  films["mkv"] = makeFilm(at("film.mkv"));
  films["mov"] = makeFilm(at("film.mov"), "-movflags +faststart");
});

const KINDS = ["mp4 with its index at the beginning", "webm", "fragmented mp4", "mkv", "mov"] as const;

describe.each(KINDS)("a %s", (kind) => {
  function changed(change: (bytes: Buffer) => Buffer): string {
    const source = films[kind] as string;
    const path = at(`changed-${kind.replaceAll(" ", "-")}.${source.split(".").at(-1)}`);
    writeFileSync(path, change(readFileSync(source)));
    return path;
  }

  it("is packed while it is whole", async () => {
    expect(await answer(films[kind] as string)).toBe("packed");
  });

  it.each([0.97, 0.75, 0.5, 0.25])("of which only %f is left is refused, with the time", async (share) => {
    const path = changed((bytes) => bytes.subarray(0, Math.floor(bytes.length * share)));
    expect(await answer(path)).toMatch(/^SOURCE_INCOMPLETE: .* at \d+:\d\d, /);
  });

  it.each([
    ["4 KiB", 4096],
    ["64 KiB", 65_536],
  ])("with %s of zeros in its middle is refused", async (_what, length) => {
    const path = changed((bytes) => {
      bytes.fill(0, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + length);
      return bytes;
    });
    expect(await answer(path)).toMatch(/^SOURCE_INCOMPLETE: .* at \d+:\d\d, /);
  });
});

describe("the refusal of a cut film", () => {
  it("names the track and the time at which it ends", async () => {
    const whole = readFileSync(HARBOUR);
    writeFileSync(at("half.mp4"), whole.subarray(0, whole.length / 2));
    const probed = await probe(at("half.mp4"));
    const details = { track: "video track 1", seconds: expect.closeTo(15, -1) };
    expect(probed).toMatchObject({ ok: false, error: { code: "SOURCE_INCOMPLETE", details } });
  });

  it("says so if the index at the end of an mp4 is missing", async () => {
    const whole = readFileSync(LIGHTHOUSE);
    writeFileSync(at("no-index.mp4"), whole.subarray(0, whole.length / 2));
    expect(await answer(at("no-index.mp4"))).toMatch(/^SOURCE_INCOMPLETE: .*index/);
  });
});

describe("films that are none", () => {
  it("are named empty if they are only the header of a stream", async () => {
    const path = makeFilm(at("stream.mp4"), "-movflags +frag_keyframe+empty_moov");
    const bytes = readFileSync(path);
    writeFileSync(at("init.mp4"), bytes.subarray(0, bytes.indexOf("moof") - 4));
    expect(await answer(at("init.mp4"))).toMatch(/^SOURCE_EMPTY: /);
  });

  it.each([
    [
      "Common Encryption",
      "mp4",
      "-encryption_scheme cenc-aes-ctr -encryption_key 00112233445566778899aabbccddeeff " +
        "-encryption_kid 00112233445566778899aabbccddeeff",
    ],
  ])("are named encrypted if they have %s", async (_what, kind, options) => {
    expect(await answer(makeFilm(at(`locked.${kind}`), options))).toMatch(/^SOURCE_ENCRYPTED: /);
  });

  it("are named malformed if an mp4 has the start codes of a broadcast stream", async () => {
    const bytes = readFileSync(makeFilm(at("start-codes.mp4"), "-an -movflags +faststart"));
    // The length before the first unit becomes a start code.
    bytes.writeUInt32BE(1, bytes.indexOf("mdat") + 4);
    writeFileSync(at("start-codes.mp4"), bytes);
    expect(await answer(at("start-codes.mp4"))).toMatch(/^SOURCE_MALFORMED: /);
  });

  it("are refused if no time scale says how long a second is", async () => {
    const bytes = readFileSync(makeFilm(at("no-scale.mp4"), "-an"));
    bytes.writeUInt32BE(0, bytes.indexOf("mdhd") + 16);
    writeFileSync(at("no-scale.mp4"), bytes);
    expect(await answer(at("no-scale.mp4"))).not.toBe("packed");
  });
});

it("a key frame that does not decode is found with ffmpeg", async () => {
  const bytes = readFileSync(makeFilm(at("scratched.mp4"), "-an -g 25"));
  // The second half of the first picture: not zeros, so only a decoder can know.
  const start = bytes.indexOf("mdat") + 2000;
  for (let i = start; i < start + 1500; i++) bytes[i] = ((i * 7919) % 251) + 1;
  writeFileSync(at("scratched.mp4"), bytes);
  expect(await answer(at("scratched.mp4"))).toMatch(/^SOURCE_(?:INCOMPLETE|MALFORMED): /);
});

describe("an index", () => {
  it.each(["mkv", "webm"])("that is missing in a %s is named, because nobody could jump in the film", async (kind) => {
    const options =
      kind === "webm" ? "-c:v libvpx -deadline realtime -c:a libopus -f webm -live 1" : "-f matroska -live 1";
    expect(await answer(makeFilm(at(`live.${kind}`), options))).toMatch(/^SOURCE_UNSEEKABLE: .*ffmpeg -i IN -c copy/);
  });

  it.each(["mkv", "webm"])("does not help without a length in the header of a %s", async (kind) => {
    const options = kind === "webm" ? "-c:v libvpx -deadline realtime -c:a libopus" : "";
    const bytes = readFileSync(makeFilm(at(`endless.${kind}`), options));
    // The length becomes an element that is skipped.
    bytes[bytes.indexOf("\x44\x89\x88", 0, "latin1")] = 0xec;
    writeFileSync(at(`endless.${kind}`), bytes);
    expect(await answer(at(`endless.${kind}`))).toMatch(/^SOURCE_UNSEEKABLE: .*has no length.*ffmpeg -i IN -c copy/);
  });

  it("that no player would find is as good as none", async () => {
    const bytes = readFileSync(makeFilm(at("hidden-index.mkv")));
    // The entry that leads to the index names something else.
    bytes.write("\x1c\x53\xbb\x6c", bytes.indexOf("\x53\xab\x84\x1c\x53\xbb\x6b", 0, "latin1") + 3, "latin1");
    writeFileSync(at("hidden-index.mkv"), bytes);
    expect(await answer(at("hidden-index.mkv"))).toMatch(/^SOURCE_UNSEEKABLE: /);
  });
});

describe("the length", () => {
  it("is measured over all fragments, although the header knows only the first", async () => {
    const path = makeFilm(at("hybrid.mp4"), "-movflags +frag_keyframe -g 25", 8);
    const probed = await probe(path);
    expect(probed).toMatchObject({ ok: true, value: { metadata: { durationSeconds: expect.closeTo(8, 0) } } });
  });

  it("does not believe a header that promises more", async () => {
    const bytes = readFileSync(makeFilm(at("boast.mp4")));
    bytes.writeUInt32BE(9_000_000, bytes.indexOf("mvhd") + 20);
    writeFileSync(at("boast.mp4"), bytes);
    const probed = await probe(at("boast.mp4"));
    expect(probed).toMatchObject({ ok: true, value: { metadata: { durationSeconds: expect.closeTo(4, 0) } } });
  });

  it.each([
    ["more than its fragments hold", 500_000_000, /^SOURCE_MALFORMED: .*shows a length of .*, but it ends at 0:04/],
    ["a little more", 55_000, /^packed$/],
    ["nothing, as usual", 0, /^packed$/],
    ["that it does not know it", 0xff_ff_ff_ff, /^packed$/],
  ])(
    "may not be wrong where the player believes it: a header without samples that promises %s",
    async (_what, length, says) => {
      const bytes = readFileSync(makeFilm(at("fragments.mp4"), "-movflags +frag_keyframe+empty_moov"));
      // The picture's own header; its time scale is 12,800.
      bytes.writeUInt32BE(length, bytes.indexOf("mdhd") + 20);
      writeFileSync(at("fragments.mp4"), bytes);
      expect(await answer(at("fragments.mp4"))).toMatch(says);
    },
  );
});
