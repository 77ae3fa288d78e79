import { describe, expect, it } from "vitest";
import { chosenSubtitles, subtitlesToShow } from "../../src-renderer/features/player/chosen-subtitles.ts";
import type { Playback } from "../../src-shared/ipc/index.ts";

type Track = Playback["subtitles"][number];
const track = (language: string, kind: Track["kind"] = null): Track => ({
  url: `vault://media/${language}-${kind}`,
  language,
  label: language,
  kind,
});
const [en, enForced, enSdh, enComment] = [
  track("en"),
  track("en", "forced"),
  track("en", "sdh"),
  track("en", "commentary"),
];
const [fr, frForced] = [track("fr-CA"), track("fr-CA", "forced")];
// In the order in which packing writes them.
const all = [enComment, enForced, enSdh, en, frForced, fr];
const chose = (language: string, kind: Track["kind"], shown = true) => ({ shown, language, kind });

describe("the subtitles that are shown at first", () => {
  it("are none, or those that translate foreign words in the sound, while nobody has chosen", () => {
    expect(chosenSubtitles(all, null, "en-GB")).toBe(enForced);
    expect(chosenSubtitles(all, null, "fr")).toBe(frForced);
    expect(chosenSubtitles(all, null, "de")).toBeNull();
    expect(chosenSubtitles(all, null, undefined)).toBeNull();
    expect(chosenSubtitles([track("und", "forced")], null, "und")).toBeNull();
  });

  it("are none, not even forced ones, if the viewer switched them off", () => {
    expect(chosenSubtitles(all, chose("en", null, false), "en")).toBeNull();
  });

  it("are of the language and kind that were chosen last", () => {
    expect(chosenSubtitles(all, chose("en", "sdh"), "fr")).toBe(enSdh);
    expect(chosenSubtitles(all, chose("fr", null), "en")).toBe(fr);
    expect(chosenSubtitles(all, chose("en", "forced"), "en")).toBe(enForced);
  });

  it("contain the whole dialogue too where the kind is missing: for a deaf viewer, and for others", () => {
    expect(chosenSubtitles([enForced, enComment, en], chose("en", "sdh"), "en")).toBe(en);
    expect(chosenSubtitles([enForced, enComment, enSdh], chose("en", null), "en")).toBe(enSdh);
  });

  it("are never in another language, and never the whole dialogue for who wants only foreign words", () => {
    expect(chosenSubtitles([fr], chose("en", null), "fr")).toBeNull();
    expect(chosenSubtitles([en, enSdh], chose("en", "forced"), "en")).toBeNull();
  });
});

describe("the subtitles that are switched on", () => {
  it("are those of before, else in the language of the interface, else any", () => {
    expect(subtitlesToShow(all, chose("en", "sdh", false), "fr")).toBe(enSdh);
    expect(subtitlesToShow(all, null, "fr")).toBe(fr);
    expect(subtitlesToShow([track("de")], null, "fr")?.language).toBe("de");
    expect(subtitlesToShow([], null, "fr")).toBeNull();
  });

  it("are the whole dialogue where there are several of that language", () => {
    expect(subtitlesToShow(all, null, "en")).toBe(en);
    expect(subtitlesToShow([enForced, enComment], null, "en")).toBe(enComment);
  });
});
