import { expect, it } from "vitest";
import { preferredSound } from "../../src-renderer/features/player/preferred-sound.ts";

const sound = (language: string, isDefault = false) => ({ language, label: language, isDefault });
const FILM = [sound("de"), sound("fr", true), sound("en-GB"), sound("en", false), sound("und")];

it.each([
  ["what the viewer chose last", ["de", "fr"], 0],
  ["else the language of the app", ["it", "en"], 2],
  ["also in another region", ["", "fr-CA"], 1],
  ["else what the film prefers", ["it", "es"], 1],
  ["and never a sound without a language, only because nothing else is known", ["und", ""], 1],
])("the sound that is heard at first is %s", (_what, wanted, index) => {
  expect(preferredSound(FILM, wanted)).toBe(index);
});

it("of two sounds in one language the one that the film prefers is heard", () => {
  expect(preferredSound([sound("en"), sound("en", true)], ["en"])).toBe(1);
  expect(preferredSound([sound("en"), sound("en")], ["en"])).toBe(0);
  expect(preferredSound([], ["en"])).toBe(0);
});
