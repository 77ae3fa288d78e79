import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../../src-shared/languages.ts";
import { type Alert, ALERT_KINDS, type AlertKind } from "../../../src-ops/server/index.ts";
import { messageOf } from "../../../src-ops/server/alerts/messages.ts";
import { inOnePart } from "../../../src-ops/server/alerts/sms-text.ts";

// 3GPP TS 23.038, written down a second time: a table that is wrong in the source is not wrong here in the same way.
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";

/** How many parts of an SMS a text takes: 160 or 70 characters if it is one, 153 or 67 a part if it is not. */
function partsOf(text: string): number {
  const characters = Array.from(text);
  const isGsm = characters.every((one) => BASIC.includes(one) || EXTENSION.includes(one));
  const units = isGsm ? characters.reduce((sum, one) => sum + (EXTENSION.includes(one) ? 2 : 1), 0) : text.length;
  const [alone, each] = isGsm ? [160, 153] : [70, 67];
  return units <= alone ? 1 : Math.ceil(units / each);
}

const KINDS = Object.keys(ALERT_KINDS) as AlertKind[];
const STAGES = ["opened", "repeated", "resolved", "test"] as const;
const alertOf = (kind: AlertKind, stage: Alert["stage"], names: Partial<Alert> = {}): Alert => ({
  incident: `ring1-${kind}-1790000000`,
  kind,
  stage,
  ring: "ring1",
  version: "2.10.13",
  at: 1_800_000_000,
  detail: "Salle n° 3 – l’ordinateur de Zoé",
  escalated: false,
  evaluatedHours: null,
  ...names,
});
const LONG = { version: "12345.12345.12345" };
const CASES = LANGUAGES.flatMap((language) => KINDS.map((kind) => [language, kind] as const));

describe("an alert as an SMS", () => {
  it.each(CASES)("is one part in %s for %s, with ring, version and incident", (language, kind) => {
    for (const stage of STAGES) {
      const suffix = kind === "deadline_missed" ? "-not_evaluated" : "-x7f3k2qp";
      const names = { ...LONG, incident: `ring1-${kind}-1790000000${suffix}` };
      for (const alert of [alertOf(kind, stage), alertOf(kind, stage, names)]) {
        const { short } = messageOf(alert, "critical", language);
        expect(short).toContain(`${alert.ring} ${alert.version}: `);
        expect(short.endsWith(` ${alert.incident}`), short).toBe(true);
        expect([partsOf(short), short]).toEqual([1, short]);
      }
    }
  });

  const CRITICAL = CASES.filter(([, kind]) => ALERT_KINDS[kind] === "critical");
  it.each(CRITICAL)("says in %s for %s completely what happened, and who acts by when", (language, kind) => {
    for (const stage of ["opened", "repeated"] as const) {
      const { short } = messageOf(alertOf(kind, stage), "critical", language);
      expect(short).not.toMatch(/\.\.\.|…/);
      expect(short).toMatch(/ \d\d-\d\d \d\d:\d\d UTC\. ring1-/);
    }
  });

  it.each([
    ["l’app « x » œuvre…", 'l\'app "x" oeuvre...'],
    ["arrêt brutal, reçu à Noël", "arret brutal, recu à Noel"],
    ["Łódź – 5\u{202f}%", "Łodz - 5 %"],
  ])("writes %j with the letters of an SMS where it can: %j", (text, expected) => {
    expect(inOnePart("", text, "", "")).toBe(expected);
  });

  it("counts what costs two, and cuts the middle, never the incident", () => {
    expect(partsOf(inOnePart("", "[".repeat(200), " who.", " incident"))).toBe(1);
    expect(inOnePart("", "[".repeat(200), " who.", " incident")).toMatch(/^\[+\.\.\. who\. incident$/);
    const cyrillic = inOnePart("CRITICAL ring1 2.1.0: ", "Компьютер ".repeat(20), " person on duty.", " ring1-crash-7");
    expect(partsOf(cyrillic)).toBe(1);
    expect(cyrillic).toMatch(/^CRITICAL ring1 2\.1\.0: К.*\.\.\.( person on duty\.)? ring1-crash-7$/);
    expect(partsOf(inOnePart("", "🎬".repeat(100), "", " incident"))).toBe(1);
    expect(inOnePart("", "🎬".repeat(100), "", " x")).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });
});
