import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAlerting, withDuty } from "../../../src-ops/server/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PEOPLE = {
  ann: ["Ann Lee <ann@example.org>"],
  bob: ["bob@example.org"],
  "Zoé M": ["zoe@example.org"],
  "anne-marie d.": ["am@example.org"],
};
const ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function vevent(...lines: readonly string[]): string {
  return ["BEGIN:VEVENT", ...lines, "END:VEVENT"].join("\r\n");
}
const calendarOf = (...events: readonly string[]) =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", ...events, "END:VCALENDAR", ""].join("\r\n");

async function read(onCall: object, calendar?: string) {
  const folder = temporaryFolder();
  const path = join(folder, "alerting-config.json");
  if (calendar !== undefined) writeFileSync(join(folder, "on-call.ics"), calendar);
  const rota = {
    zone: "Europe/Paris",
    people: PEOPLE,
    ...(calendar === undefined ? {} : { calendar: "on-call.ics" }),
    ...onCall,
  };
  const recipients = { critical: ["everybody@example.org"], escalation: ["head@example.org"] };
  const channels = { critical: "#c", warnings: "#w", info: "#i" };
  const email = { from: "rings@example.org", smtp: { host: "" }, recipients, onCall: rota };
  writeFileSync(path, JSON.stringify({ slack: { channels }, email }));
  return readAlerting(path, {});
}

async function dutyAt(moment: string, onCall: object, calendar?: string): Promise<string> {
  const config = await read(onCall, calendar);
  if (!config.ok) throw new Error(config.error.message);
  const { mail } = withDuty(config.value, Date.parse(moment));
  return mail.critical.map(({ address }) => address.replace("@example.org", "")).join(" ");
}

describe("the hours of a rota", () => {
  const hours = [
    { person: "ann", days: ["mon", "tue", "wed", "thu", "fri"], from: 8, to: 20 },
    { person: "bob", days: ALL_DAYS, from: 20, to: 8 },
  ];

  it.each([
    ["2026-11-24T09:00:00+01:00", "ann"],
    ["2026-11-24T07:59:00+01:00", "bob"],
    ["2026-11-24T20:00:00+01:00", "bob"],
    ["2026-11-28T03:00:00+01:00", "bob"],
    ["2026-11-28T12:00:00+01:00", "everybody"],
    ["2026-07-07T06:00:00Z", "ann"],
    ["2026-11-24T06:30:00Z", "bob"],
  ])("name at %s %s", async (moment, who) => {
    expect(await dutyAt(moment, { hours })).toBe(who);
  });

  it("give the escalated alert to everybody as well", async () => {
    const config = await read({ hours });
    if (!config.ok) throw new Error(config.error.message);
    const { mail } = withDuty(config.value, Date.parse("2026-11-24T09:00:00+01:00"));
    expect(mail.escalation.map(({ address }) => address)).toEqual(["everybody@example.org", "head@example.org"]);
  });
});

describe("the calendar of a rota", () => {
  const WEEKLY = vevent(
    "UID:1",
    "SUMMARY:On call: Ann",
    "DTSTART;TZID=Europe/Paris:20261005T180000",
    "DTEND;TZID=Europe/Paris:20261006T080000",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TU",
    "EXDATE;TZID=Europe/Paris:20261013T180000",
  );
  const MOVED = vevent(
    "UID:1",
    "RECURRENCE-ID;TZID=Europe/Paris:20261109T180000",
    "SUMMARY:On call: Bob",
    "DTSTART;TZID=Europe/Paris:20261109T200000",
    "DTEND;TZID=Europe/Paris:20261110T080000",
  );
  const CANCELLED = vevent(
    "UID:1",
    "RECURRENCE-ID;TZID=Europe/Paris:20261116T180000",
    "STATUS:CANCELLED",
    "SUMMARY:On call: Ann",
    "DTSTART;TZID=Europe/Paris:20261116T180000",
    "DTEND;TZID=Europe/Paris:20261117T080000",
  );
  const calendar = calendarOf(WEEKLY, MOVED, CANCELLED);

  it.each([
    ["before the first event", "2026-10-05T17:59:00+02:00", "everybody"],
    ["at its beginning, in summer", "2026-10-05T18:00:00+02:00", "ann"],
    ["at its end", "2026-10-06T08:00:00+02:00", "everybody"],
    ["on a day that is left out", "2026-10-13T19:00:00+02:00", "everybody"],
    ["at the same hour of the clock, in winter", "2026-10-26T18:00:00+01:00", "ann"],
    ["an hour before it, in winter", "2026-10-26T17:30:00+01:00", "everybody"],
    ["before one that was moved", "2026-11-09T19:00:00+01:00", "everybody"],
    ["in one that was moved, and given to another", "2026-11-09T20:30:00+01:00", "bob"],
    ["in one that was cancelled", "2026-11-16T19:00:00+01:00", "everybody"],
    ["years later", "2031-11-24T18:30:00+01:00", "ann"],
  ])("counts %s", async (_what, moment, who) => {
    expect(await dutyAt(moment, {}, calendar)).toBe(who);
  });

  it("comes before the hours", async () => {
    const hours = [{ person: "bob", days: ALL_DAYS, from: 0, to: 24 }];
    expect(await dutyAt("2026-10-05T18:00:00+02:00", { hours }, calendar)).toBe("ann");
    expect(await dutyAt("2026-10-05T12:00:00+02:00", { hours }, calendar)).toBe("bob");
  });

  it.each([
    ["a whole week", ["DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261130"], "2026-11-29T23:30:00+01:00", "ann"],
    [
      "a whole week, over",
      ["DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261130"],
      "2026-11-30T00:00:00+01:00",
      "everybody",
    ],
    ["no zone", ["DTSTART:20261124T180000", "DTEND:20261124T200000"], "2026-11-24T18:30:00+01:00", "ann"],
    ["UTC", ["DTSTART:20261124T170000Z", "DTEND:20261124T190000Z"], "2026-11-24T18:30:00+01:00", "ann"],
    ["a duration", ["DTSTART;TZID=Europe/Paris:20261124T180000", "DURATION:PT2H"], "2026-11-24T19:59:00+01:00", "ann"],
    [
      "an end by date",
      ["DTSTART;TZID=Europe/Paris:20261102T180000", "DURATION:PT2H", "RRULE:FREQ=DAILY;UNTIL=20261123T170000Z"],
      "2026-11-24T18:30:00+01:00",
      "everybody",
    ],
    [
      "a night of the changed clock",
      ["DTSTART;TZID=Europe/Paris:20261024T220000", "DTEND;TZID=Europe/Paris:20261025T060000"],
      "2026-10-25T05:30:00+01:00",
      "ann",
    ],
  ])("reads events with %s", async (_what, times, moment, who) => {
    expect(await dutyAt(moment, {}, calendarOf(vevent("UID:2", "SUMMARY:ann", ...times)))).toBe(who);
  });

  it.each([
    ["the title", "SUMMARY:Garde : Zoé M.", "zoe"],
    ["several names", "SUMMARY:Ann/Bob", "ann bob"],
    ["an invitation", "SUMMARY:Duty\r\nATTENDEE;CN=Bob:mailto:BOB@example.org", "bob"],
    ["a name with a hyphen and a dot", "SUMMARY:Anne-Marie D. (night)", "am"],
    ["a longer word", "SUMMARY:Annual review", "everybody"],
    ["a folded line", "SUMMARY:On call this week: Zo\r\n é M", "zoe"],
  ])("finds a person by %s", async (_what, lines, who) => {
    const event = vevent("UID:3", lines, "DTSTART:20261124T180000", "DTEND:20261124T200000");
    expect(await dutyAt("2026-11-24T18:30:00+01:00", {}, `\u{feff}${calendarOf(event)}`)).toBe(who);
  });

  it("understands a zone that it defines itself, as Outlook does", async () => {
    const zone = [
      "BEGIN:VTIMEZONE",
      "TZID:Romance Standard Time",
      "BEGIN:STANDARD",
      "DTSTART:16010101T030000",
      "TZOFFSETFROM:+0200",
      "TZOFFSETTO:+0100",
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
      "END:STANDARD",
      "BEGIN:DAYLIGHT",
      "DTSTART:16010101T020000",
      "TZOFFSETFROM:+0100",
      "TZOFFSETTO:+0200",
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
      "END:DAYLIGHT",
      "END:VTIMEZONE",
    ].join("\r\n");
    const times = [
      "DTSTART;TZID=Romance Standard Time:20260706T180000",
      "DTEND;TZID=Romance Standard Time:20260706T200000",
    ];
    const event = vevent("UID:4", "SUMMARY:Ann", ...times, "RRULE:FREQ=WEEKLY");
    const onDuty = (moment: string) => dutyAt(moment, {}, calendarOf(zone, event));
    expect([await onDuty("2026-07-06T18:30:00+02:00"), await onDuty("2026-11-23T18:30:00+01:00")]).toEqual([
      "ann",
      "ann",
    ]);
    expect(await onDuty("2026-11-23T17:30:00+01:00")).toBe("everybody");
  });

  it.each([
    ["no calendar at all", "hello"],
    ["an empty file", ""],
    ["half a calendar", calendar.slice(0, 200)],
    ["no event", calendarOf()],
    [
      "an unknown zone",
      calendarOf(vevent("UID:5", "SUMMARY:Ann", "DTSTART;TZID=Nowhere/Land:20261124T180000", "DURATION:PT1H")),
    ],
    [
      "an event of every second",
      calendarOf(vevent("UID:6", "SUMMARY:Ann", "DTSTART:20261124T180000", "RRULE:FREQ=SECONDLY")),
    ],
  ])("is refused if the file holds %s", async (_what, text) => {
    const config = await read({}, text);
    expect(config).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('"email.onCall.calendar" is wrong') },
    });
  });
});

it.each([
  ["an unknown zone", { zone: "Mars/Base" }, "email.onCall.zone"],
  ["an unknown person", { hours: [{ person: "eve", days: ["mon"], from: 8, to: 20 }] }, "email.onCall"],
  ["nonsense hours", { hours: [{ person: "ann", days: ["mon"], from: 8, to: 25 }] }, "email.onCall.hours.0.to"],
  ["a person without an address", { people: { ann: [] } }, "email.onCall.people.ann"],
  ["a missing calendar", { calendar: "absent.ics" }, "email.onCall.calendar"],
])("a rota is refused with %s", async (_what, onCall, member) => {
  const config = await read(onCall);
  expect(config).toMatchObject({ ok: false, error: { message: expect.stringContaining(`"${member}"`) } });
});
