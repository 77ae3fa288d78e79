import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { UNPROTECTED } from "../../../src-shared/protection.ts";
import { courseOf } from "../../../src-ops/packing/course.ts";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkFilms, packVault } from "../../../src-ops/packing/index.ts";
import { makeFilm } from "../support/make-film.ts";
import { openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

/** A stand-in for the app's player, which stays silent so many times. The real one is tested in test/e2e/film-trial. */
function player(name: string, silentTimes: number) {
  const log = fixture.path(`${name}.log`);
  const program = fixture.path(name);
  const played = { durationSeconds: 4, width: 320, height: 180, opened: true, played: true, sought: true };
  const line = (soundBytes: number) => `trial:${JSON.stringify({ ...played, pictures: 50, soundBytes })}`;
  // After two arguments and `--` come the films.
  const script = `#!/bin/sh\nshift 3\nfor film in "$@"; do\n  echo "$film" >> "${log}"
  if [ $(wc -l < "${log}") -le ${silentTimes} ]; then echo '${line(0)}'; else echo '${line(4000)}'; fi\ndone\n`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  const films = () =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .trim()
          .split("\n")
          .map((path) => basename(path))
      : [];
  return { electron: { program, switches: [] }, films };
}

function jobWithNotes() {
  const notes: string[] = [];
  const job = {
    signal: new AbortController().signal,
    progress: { show() {}, end() {} },
    note: (line: string) => void notes.push(line),
  };
  return { job, notes };
}

async function pack(name: string, silentTimes: number, more: object) {
  const film = makeFilm(fixture.path(`${name}.mp4`));
  const { electron, films } = player(`player-${name}`, silentTimes);
  const { job, notes } = jobWithNotes();
  const request = {
    stick: fixture.newStick(`stick-${name}`),
    keys: fixture.keys,
    course: courseOf([film]),
    electron,
    ...more,
  };
  const packed = await packVault({ ...request, label: "Films", protection: UNPROTECTED }, job, { now: 1_800_000_000 });
  return { packed, notes, films: films() };
}

describe("a film that only the player finds fault with", () => {
  it("is refused, and the refusal says what --convert would do", async () => {
    const { packed } = await pack("refused", 1, {});
    expect(packed).toMatchObject({ ok: false, error: { code: "SOURCE_UNPLAYABLE" } });
    expect(packed.ok ? "" : packed.error.message).toMatch(
      /silent.*With --convert: the film is written anew without loss/,
    );
  });

  it.each([
    [1, ["the film is written anew without loss, video track 1 (h264) is copied, sound track 2 (aac) is copied"]],
    [2, ["video track 1 (h264) is copied, sound track 2 (aac) becomes AAC"]],
    [3, ["video track 1 (h264) is encoded as H.264, sound track 2 (aac) becomes AAC"]],
  ])("and that is silent %i times is converted until the player plays it", async (silentTimes, [summary]) => {
    const name = `silent-${silentTimes}`;
    const { packed, notes, films } = await pack(name, silentTimes, { crf: 30 });
    expect(packed).toMatchObject({ ok: true, value: { added: [expect.any(String)] } });
    expect(notes).toEqual([expect.stringContaining(`${name}.mp4 is converted: ${summary}.`)]);
    expect(films).toEqual([`${name}.mp4`, ...Array.from({ length: silentTimes }, () => `${name}.mkv`)]);
  });

  it("is refused in the end if no conversion helps, or left out where that is wanted", async () => {
    const { packed, films } = await pack("always", 99, { crf: 30 });
    expect(packed).toMatchObject({ ok: false, error: { code: "SOURCE_UNPLAYABLE" } });
    expect(films).toHaveLength(4);
    const leftOut = await pack("left-out", 99, { crf: 30, skipRefused: true });
    expect(leftOut.packed).toMatchObject({ ok: false, error: { code: "FILMS_REFUSED" } });
    expect(leftOut.notes).toEqual([expect.stringMatching(/^left out, SOURCE_UNPLAYABLE: /)]);
  });

  it("is shown by --check with what --convert would do", async () => {
    const film = makeFilm(fixture.path("checked.mp4"));
    const { job } = jobWithNotes();
    const { electron } = player("player-checked", 1);
    const [checked] = await checkFilms([{ path: film }], job, { electron, crf: 20 });
    expect(checked).toMatchObject({
      refusal: { code: "SOURCE_UNPLAYABLE" },
      conversion: { summary: expect.stringMatching(/^the film is written anew without loss/) },
    });
  });
});
