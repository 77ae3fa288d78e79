import { describe, expect, it } from "vitest";
import { acceptedLocales, bestLanguage, DEFAULT_LANGUAGE } from "../../src-shared/languages.ts";

describe("the language for a person", () => {
  it.each([
    [["fr-FR"], "fr"],
    [["FR"], "fr"],
    [["fr_CA.UTF-8"], "fr"],
    [["en-GB", "fr"], "en"],
    [["de-DE", "fr-CH", "en"], "fr"],
  ])("is the first of %j that we support: %s", (locales, language) => {
    expect(bestLanguage(locales)).toBe(language);
  });

  it.each([[[]], [["de-DE", "it"]], [["fro", "frr-DE"]], [[""]]])(
    "is the default one if we support none of %j",
    (locales) => {
      expect(bestLanguage(locales)).toBe(DEFAULT_LANGUAGE);
    },
  );
});

describe("an Accept-Language header", () => {
  it.each([
    ["fr-CA, fr;q=0.9, en;q=0.8", ["fr-CA", "fr", "en"]],
    ["en;q=0.5, de ;q=0.75,fr", ["fr", "de", "en"]],
    ["en, fr", ["en", "fr"]],
    ["fr;q=0, en;q=0.1", ["en"]],
    ["fr;q=2, en;level=1, de;q=0.1234", []],
    ["*", ["*"]],
    ["", []],
    [",,;q=1", []],
  ])("%j lists %j", (header, locales) => {
    expect(acceptedLocales(header)).toEqual(locales);
  });
});
