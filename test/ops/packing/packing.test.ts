import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Listing, MEDIA, type Packed, refusal, runVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";
import {
  filesUnder,
  HARBOUR,
  LIGHTHOUSE,
  MPEG4,
  openPublisherFixture,
  snapshot,
  TIDES,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
const onStick = (stick: string, ...rest: string[]) => ["--stick", stick, "--keys", fixture.keys, ...rest];

beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", ...onStick(fixture.stick, "--label", "Demo", HARBOUR, LIGHTHOUSE, TIDES)]);
});
afterAll(() => fixture.remove());

describe("pack", () => {
  it("shows the metadata of each video", () => {
    expect(packed.videos).toMatchObject([
      {
        title: "The harbour",
        durationSeconds: 30,
        width: 640,
        height: 360,
        type: "video/mp4",
        poster: "image/jpeg",
        codecs: ["avc1.64001f", "mp4a.40.2"],
        bytes: readFileSync(HARBOUR).length,
        subtitles: [
          { language: "en", label: "English" },
          { language: "fr", label: "Français" },
        ],
        chapters: [
          { startSeconds: 0, title: "Morning" },
          { startSeconds: 10, title: "Noon" },
          { startSeconds: 20, title: "Night" },
        ],
      },
      { title: "The lighthouse", durationSeconds: 12, type: "video/mp4", subtitles: [], chapters: [] },
      { title: "Tides", type: "video/webm", codecs: [expect.stringMatching(/^vp09\./), "opus"] },
    ]);
  });

  it("is read by the app's reader, byte for byte", async () => {
    const { catalog, read } = await openAsReader(fixture, fixture.stick);
    for (const [index, path] of [HARBOUR, LIGHTHOUSE, TIDES].entries()) {
      const video = catalog.videos[index];
      expect((await read(video!.file, "video")).equals(readFileSync(path)), path).toBe(true);
    }
    const harbour = catalog.videos[0];
    const french = harbour?.subtitles.find(({ language }) => language === "fr");
    expect(await read(french!, "subtitle")).toEqual(readFileSync(join(MEDIA, "harbour.fr.vtt")));
    const poster = await read(harbour!.poster!, "poster");
    expect(poster.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  });

  it("gives every file its own key and id", async () => {
    const { catalog, vault } = await openAsReader(fixture, fixture.stick);
    const files = catalog.videos.flatMap(({ file, poster, storyboard, subtitles }) => {
      return [file, poster!, storyboard!, ...subtitles];
    });
    expect(new Set(files.map(({ id }) => id)).size).toBe(11);
    expect(new Set(files.map(({ key }) => key)).size).toBe(11);
    expect(vault.manifest.claims.files.map(({ id }) => id).toSorted()).toEqual(files.map(({ id }) => id).toSorted());
  });

  it("leaves only the files of the format on the stick", () => {
    const names = filesUnder(fixture.stick).map((name) => name.replaceAll(/[a-z2-7]{26}/g, "ID"));
    expect([...new Set(names)]).toEqual([
      "VAULT/FORMAT.md",
      "VAULT/data/ID/000",
      "VAULT/manifest.1.jws",
      "VAULT/manifest.1.uvv",
      "VAULT/vault.json",
    ]);
  });

  it("refuses a stick that has a vault, and leaves it unchanged", async () => {
    const before = snapshot(fixture.stick);
    expect(await refusal(["pack", ...onStick(fixture.stick, TIDES)])).toBe("VAULT_EXISTS");
    expect(snapshot(fixture.stick)).toEqual(before);
  });

  it("refuses and names a codec that Chromium does not play, and leaves the stick empty", async () => {
    const stick = fixture.newStick("refused");
    const answer = await vaultctl(["pack", ...onStick(stick, TIDES, MPEG4)]);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/^CODEC_UNSUPPORTED: .*refused-mpeg4\.mp4.*MPEG-4 Part 2.*ffmpeg/);
    expect(readdirSync(stick)).toEqual([]);
  });

  it.each([
    ["a text file", "text.mp4", Buffer.from("this is no video"), "NOT_A_VIDEO"],
    ["half a header", "half.mp4", readFileSync(HARBOUR).subarray(0, 40), "NOT_A_VIDEO"],
    ["an empty file", "empty.webm", Buffer.alloc(0), "NOT_A_VIDEO"],
  ])("refuses %s", async (_what, name, content, code) => {
    writeFileSync(fixture.path(name), content);
    expect(await refusal(["pack", ...onStick(fixture.newStick(`for-${name}`), fixture.path(name))])).toBe(code);
  });

  it("refuses an unencrypted video that is on the stick", async () => {
    const stick = fixture.newStick("clear-inside");
    cpSync(TIDES, join(stick, "tides.webm"));
    expect(await refusal(["pack", ...onStick(stick, join(stick, "tides.webm"))])).toBe("ON_STICK");
  });

  it("accepts any label of up to 50 characters without control characters", async () => {
    const stick = fixture.newStick("labelled");
    const label = "🎬".repeat(50);
    expect(await succeed<Packed>(["pack", ...onStick(stick, "--label", label, TIDES)])).toMatchObject({ label });
    expect(await refusal(["pack", ...onStick(stick, "--label", `${label}!`, TIDES)])).toBe("USAGE");
    expect(await refusal(["pack", ...onStick(stick, "--label", "red\u001b[31m", TIDES)])).toBe("USAGE");
    for (const [character, name] of [
      ["\n", "U+000A"],
      ["\u202e", "U+202E"],
      ["\u200f", "U+200F"],
    ] as const) {
      const answer = await vaultctl(["pack", ...onStick(stick, "--label", `one${character}two`, TIDES)]);
      expect(answer.code).toBe(2);
      expect(answer.stderr).toContain(name);
    }
  });

  it("takes a label in Persian and one with a joined emoji", async () => {
    for (const label of ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u{1f469}\u200d\u{1f467}"]) {
      const stick = fixture.newStick(`joined-${label.length}`);
      expect(await succeed<Packed>(["pack", ...onStick(stick, "--label", label, TIDES)])).toMatchObject({ label });
    }
  });

  it("refuses a video whose name would reorder the text around it, before it writes anything", async () => {
    const stick = fixture.newStick("reordered");
    const path = fixture.path("summer\u202egpj.webm");
    cpSync(TIDES, path);
    const answer = await vaultctl(["pack", ...onStick(stick, path)]);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/^TITLE_INVALID: .*summer\ufffdgpj\.webm: the title in its name has U\+202E/);
    expect(readdirSync(stick)).toEqual([]);
  });

  it("refuses one file named twice", async () => {
    expect(await refusal(["pack", ...onStick(fixture.newStick("twice"), TIDES, TIDES)])).toBe("USAGE");
  });
});

describe("sidecars", () => {
  const film = (name: string) => {
    mkdirSync(fixture.path(name));
    cpSync(LIGHTHOUSE, fixture.path(name, "film.mp4"));
    return (file: string, content: string) => writeFileSync(fixture.path(name, file), content);
  };
  const pack = (name: string) =>
    ["pack", ...onStick(fixture.newStick(`stick-${name}`), fixture.path(name, "film.mp4"))] as const;

  it("with invalid WebVTT are refused with the line number, before anything is written", async () => {
    film("broken")("film.fr.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nBien\n\n00:03.000 -> 00:04.000\nMal\n");
    const answer = await vaultctl(pack("broken"));
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/^WEBVTT_INVALID: .*film\.fr\.vtt, line 7: /);
    expect(readdirSync(fixture.path("stick-broken"))).toEqual([]);
  });

  it("are refused, with its time, if a chapter has a direction mark, before anything is written", async () => {
    film("marked")("film.chapters.vtt", "WEBVTT\n\n01:02.000 --> 01:04.000\nThe \u2067harbour\n");
    const answer = await vaultctl(pack("marked"));
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/^TITLE_INVALID: .*film\.chapters\.vtt: the chapter at 1:02 has U\+2067/);
    expect(readdirSync(fixture.path("stick-marked"))).toEqual([]);
  });

  it("may have no language; an unknown language is ignored", async () => {
    const write = film("odd");
    write("film.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
    write("film.xyzzy.vtt", "WEBVTT\n");
    write("film-2.fr.vtt", "WEBVTT\n");
    const answer = await vaultctl([...pack("odd"), "--json"]);
    const { videos } = answer.json as unknown as Packed;
    expect(videos[0]?.subtitles).toEqual([{ language: "und", label: "Subtitles" }]);
    expect(answer.stderr).toContain("film.xyzzy.vtt is left out");
    expect(answer.stderr).not.toContain("film-2");
  });
});

describe("posters", () => {
  it("are the chosen picture", async () => {
    const picture = fixture.path("poster.jpg");
    writeFileSync(picture, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from("chosen")]));
    const stick = fixture.newStick("chosen-poster");
    await succeed(["pack", ...onStick(stick, "--poster", picture, TIDES)]);
    const { catalog, read } = await openAsReader(fixture, stick);
    expect(await read(catalog.videos[0]!.poster!, "poster")).toEqual(readFileSync(picture));
  });

  it("are refused if they are not a picture or are for several videos", async () => {
    const stick = fixture.newStick("bad-poster");
    expect(await refusal(["pack", ...onStick(stick, "--poster", TIDES, TIDES)])).toBe("POSTER_UNSUPPORTED");
    expect(await refusal(["pack", ...onStick(stick, "--poster", HARBOUR, TIDES, HARBOUR)])).toBe("USAGE");
    expect(readdirSync(stick)).toEqual([]);
  });

  it("are a title card without ffmpeg", async () => {
    const stick = fixture.newStick("no-ffmpeg");
    const answer = await runVaultctl(["pack", ...onStick(stick, HARBOUR)], { PATH: fixture.path("nothing") });
    expect(answer.code).toBe(0);
    const { catalog, read } = await openAsReader(fixture, stick);
    expect(catalog.videos[0]?.poster?.type).toBe("image/svg+xml");
    expect((await read(catalog.videos[0]!.poster!, "poster")).toString()).toContain(">The harbour</tspan>");
  });
});

describe("add and remove", () => {
  it("change the vault by one generation each and leave no unused files", async () => {
    const stick = fixture.newStick("changing");
    await succeed(["pack", ...onStick(stick, TIDES)]);
    const added = await succeed<Packed>(["add", ...onStick(stick, LIGHTHOUSE)]);
    expect(added).toMatchObject({ gen: 2, videos: [{ title: "Tides" }, { title: "The lighthouse" }] });
    const tides = added.videos[0]!.id;
    const removed = await succeed<Packed>(["remove", ...onStick(stick, tides)]);
    expect(removed).toMatchObject({ gen: 3, videos: [{ title: "The lighthouse" }] });
    const { catalog, read, vault } = await openAsReader(fixture, stick);
    expect((await read(catalog.videos[0]!.file, "video")).equals(readFileSync(LIGHTHOUSE))).toBe(true);
    expect(readdirSync(join(stick, "VAULT", "data")).toSorted()).toEqual(
      vault.manifest.claims.files.map(({ id }) => id).toSorted(),
    );
    expect(readdirSync(join(stick, "VAULT")).filter((name) => name.startsWith("manifest"))).toHaveLength(2);
  });

  it("leave the stick unchanged if they fail", async () => {
    const before = snapshot(fixture.stick);
    expect(await refusal(["remove", ...onStick(fixture.stick, "nosuchid")])).toBe("VIDEO_UNKNOWN");
    expect(await refusal(["add", ...onStick(fixture.stick, MPEG4)])).toBe("CODEC_UNSUPPORTED");
    expect(await refusal(["add", ...onStick(fixture.newStick("no-vault"), TIDES)])).toBe("NO_VAULT");
    expect(snapshot(fixture.stick)).toEqual(before);
  });

  it("keep files that vaultctl did not create", async () => {
    const stick = fixture.newStick("shared");
    writeFileSync(join(stick, "README.txt"), "mine");
    await succeed(["pack", ...onStick(stick, TIDES)]);
    mkdirSync(join(stick, "VAULT", "licenses"));
    writeFileSync(join(stick, "VAULT", "licenses", "a.uvvlic"), "a license");
    writeFileSync(join(stick, "VAULT", "data", "notes.txt"), "mine too");
    await succeed(["add", ...onStick(stick, LIGHTHOUSE)]);
    for (const name of ["README.txt", "VAULT/licenses/a.uvvlic", "VAULT/data/notes.txt"]) {
      expect(existsSync(join(stick, name)), name).toBe(true);
    }
  });
});

describe("ls", () => {
  it("shows everything with the keys", async () => {
    const listing = await succeed<Listing>(["ls", fixture.stick, "--keys", fixture.keys]);
    const { vaultId, stickId, videos } = packed;
    expect(listing).toMatchObject({ vaultId, stickId, gen: 1, label: "Demo", videos, signature: "valid" });
  });

  it("shows only the public facts without them, marked as not checked", async () => {
    const listing = await succeed(["ls", fixture.stick]);
    expect(listing).toEqual({
      ok: true,
      vaultId: packed.vaultId,
      stickId: packed.stickId,
      gen: 1,
      label: "Demo",
      files: 11,
      bytes: expect.any(Number),
      signature: "not checked",
    });
    expect(await succeed(["ls", fixture.stick, "--trust", fixture.trust])).toMatchObject({ signature: "valid" });
  });
});

describe("extract", () => {
  it("restores every video, byte for byte", async () => {
    for (const [index, path] of [HARBOUR, LIGHTHOUSE, TIDES].entries()) {
      const out = fixture.path(`out-${basename(path)}`);
      await succeed(["extract", fixture.stick, packed.videos[index]!.id, "--keys", fixture.keys, "--out", out]);
      expect(readFileSync(out).equals(readFileSync(path)), path).toBe(true);
    }
  });

  it("overwrites only with --force, and never writes onto the stick", async () => {
    const out = fixture.path("kept.mp4");
    writeFileSync(out, "kept");
    const args = ["extract", fixture.stick, packed.videos[0]!.id, "--keys", fixture.keys, "--out"];
    expect(await refusal([...args, out])).toBe("FILE_EXISTS");
    expect(readFileSync(out, "utf8")).toBe("kept");
    await succeed([...args, out, "--force"]);
    expect(readFileSync(out).equals(readFileSync(HARBOUR))).toBe(true);
    expect(await refusal([...args, join(fixture.stick, "clear.mp4")])).toBe("ON_STICK");
    expect(await refusal([...args, fixture.folder, "--force"])).toBe("FILE_EXISTS");
  });

  it("leaves no unencrypted file behind if a part is damaged", async () => {
    const stick = fixture.path("damaged");
    cpSync(fixture.stick, stick, { recursive: true });
    const { vault, catalog } = await openAsReader(fixture, stick);
    const part = join(stick, "VAULT", "data", catalog.videos[0]!.file.id, "000");
    const bytes = readFileSync(part);
    bytes[900_000] = bytes[900_000]! ^ 1;
    writeFileSync(part, bytes);
    mkdirSync(fixture.path("out"));
    const out = fixture.path("out", "harbour.mp4");
    const args = ["extract", stick, packed.videos[0]!.id, "--keys", fixture.keys, "--out", out];
    expect(await refusal(args)).toBe("VAULT_DAMAGED");
    expect(readdirSync(fixture.path("out"))).toEqual([]);
    expect(vault.manifest.claims.gen).toBe(1);
  });
});
