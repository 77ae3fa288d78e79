import { describe, expect, it } from "vitest";
import { clock, createFormat } from "../../src-renderer/i18n/format.ts";

/** Intl uses two kinds of no-break spaces; a reader sees a space. */
function plain(text: string): string {
  return text.replaceAll(/\s/g, " ");
}

describe("clock", () => {
  it.each([
    [0, "0:00"],
    [7.9, "0:07"],
    [59, "0:59"],
    [60, "1:00"],
    [725, "12:05"],
    [3599.99, "59:59"],
    [3600, "1:00:00"],
    [3723, "1:02:03"],
    [36_000, "10:00:00"],
  ])("shows %d seconds as %s", (seconds, shown) => {
    expect(clock(seconds)).toBe(shown);
  });

  it("shows zero for a value that is no length", () => {
    expect([clock(Number.NaN), clock(Number.POSITIVE_INFINITY), clock(-3)]).toEqual(["0:00", "0:00", "0:00"]);
  });
});

describe("format", () => {
  const en = createFormat("en");
  const fr = createFormat("fr");

  it("writes lengths in the language", () => {
    expect(plain(en.spoken(3720))).toBe("1 hour, 2 minutes");
    expect(plain(fr.spoken(3720))).toBe("1 heure et 2 minutes");
    expect(plain(en.spoken(30))).toBe("30 seconds");
    expect(plain(fr.spoken(1))).toBe("1 seconde");
  });

  it("rounds to whole minutes and omits zero minutes after full hours", () => {
    expect(plain(en.brief(89))).toBe("1 min");
    expect(plain(en.brief(3599))).toBe("1 hr");
    expect(plain(fr.brief(4980))).toBe("1 h 23 min");
  });

  it("uses the decimal and percent signs of the language", () => {
    expect(en.rate(1.25)).toBe("1.25×");
    expect(fr.rate(1.25)).toBe("1,25×");
    expect(plain(fr.percent(0.6))).toBe("60 %");
    expect([en.exactPercent(0.125), plain(fr.exactPercent(0.125))]).toEqual(["12.5%", "12,5 %"]);
    expect([plain(en.bytes(98_400_000)), plain(fr.bytes(31e6))]).toEqual(["98 MB", "31 Mo"]);
  });

  it("writes dates out", () => {
    expect(plain(fr.date(1_790_000_000))).toBe("21 septembre 2026");
    expect(plain(en.date(1_790_000_000))).toBe("September 21, 2026");
  });
});
