import ICAL from "ical.js";
import { err, ok, type Result } from "../../../../src-shared/result.ts";
import { DAY, type UnixMs } from "../../../../src-shared/units.ts";
import { isTimeZone } from "../../../gates/index.ts";
import { instantOf } from "./wall-clock.ts";

/** What a calendar says about one moment: the texts of the events that are going on, with their invited addresses. */
export type Calendar = { readonly textsAt: (at: UnixMs) => readonly string[] };

/**
 * So many repetitions are counted for one question, about a third of a second: ten weekly events of 20 years. An event beyond
 * that names nobody.
 */
const MOST_REPETITIONS = 10_000;
/** Somebody could put more into a shared calendar, to keep the server busy. */
const MOST_EVENTS = 2_000;
const MOST_REPEATED = 100;

/**
 * Reads a calendar (iCalendar, RFC 5545) with its repetitions, exceptions and cancelled events. It is attacker-controlled:
 * it may come from a shared calendar. Times without a zone are on the clock of `zone`. The error says what is wrong.
 */
export function parseCalendar(text: string, zone: string): Result<Calendar, string> {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text.replace(/^\u{feff}/u, "")) as unknown[]);
    const tooMany = `expected a calendar of at most ${MOST_EVENTS} events, ${MOST_REPEATED} of them repeated`;
    if (calendar.getAllSubcomponents("vevent").length > MOST_EVENTS) return err(tooMany);
    const events = eventsIn(calendar);
    if (events.length === 0) return err("expected a calendar with events");
    if (events.filter((event) => event.isRecurring()).length > MOST_REPEATED) return err(tooMany);
    for (const event of events) {
      const unknown = zonesOf(event).find((name) => !isTimeZone(name) && !hasDefinition(event, name));
      if (unknown !== undefined) return err("expected a calendar whose time zones are known or defined in it");
      if (isTooOften(event)) return err("expected a calendar whose events repeat once a day at most");
    }
    return ok({
      textsAt(at) {
        const budget = { left: MOST_REPETITIONS };
        return events.flatMap((event) => textsOrNone(event, at, zone, budget));
      },
    });
  } catch {
    // The library throws errors of many kinds for what is no calendar.
    return err("expected a calendar in iCalendar form (.ics)");
  }
}

type Budget = { left: number };

/** An event that the library cannot repeat names nobody: the alert then goes to the whole list. */
function textsOrNone(event: ICAL.Event, at: UnixMs, zone: string, budget: Budget): readonly string[] {
  try {
    return textsOf(event, at, zone, budget);
  } catch {
    return [];
  }
}

const isException = (one: ICAL.Component) => one.hasProperty("recurrence-id");
const uidOf = (one: ICAL.Component) => String(one.getFirstPropertyValue("uid") ?? "");

function eventsIn(calendar: ICAL.Component): readonly ICAL.Event[] {
  if (calendar.name !== "vcalendar") return [];
  const all = calendar.getAllSubcomponents("vevent");
  return all
    .filter((one) => !isException(one) && one.hasProperty("dtstart"))
    .map((one) => {
      const exceptions = all.filter((other) => isException(other) && uidOf(other) === uidOf(one));
      return new ICAL.Event(one, { exceptions, strictExceptions: false });
    });
}

/** Repetitions are counted up to the asked moment, so there must not be many. */
function isTooOften(event: ICAL.Event): boolean {
  const rule = event.component.getFirstPropertyValue("rrule") as ICAL.Recur | null;
  return rule !== null && ["SECONDLY", "MINUTELY", "HOURLY"].includes(rule.freq);
}

function textsOf(event: ICAL.Event, at: UnixMs, zone: string, budget: Budget): readonly string[] {
  if (!event.isRecurring()) return isOn(event, event.startDate, event.endDate, at, zone) ? [textOf(event)] : [];
  const texts: string[] = [];
  const length = Math.max(0, event.duration.toSeconds()) * 1_000;
  const iterator = event.iterator();
  for (; budget.left > 0; budget.left--) {
    const next = iterator.next();
    if (!next) break;
    // An exception may be a week earlier or later than the repetition that it replaces.
    const distance = roughMomentOf(next) - at;
    if (distance > MOST_MOVED_MS) break;
    if (distance < -MOST_MOVED_MS - length) continue;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    if (isOn(item, startDate, endDate, at, zone)) texts.push(textOf(item));
  }
  return texts;
}

// A week, and a day for the difference between clocks.
const MOST_MOVED_MS = 8 * DAY * 1_000;

/** As if every clock showed UTC: half a day wrong at most, and quick. */
function roughMomentOf({ year, month, day, hour, minute }: ICAL.Time): UnixMs {
  return Date.UTC(year, month - 1, day, hour, minute);
}

function isOn(event: ICAL.Event, start: ICAL.Time, end: ICAL.Time, at: UnixMs, zone: string): boolean {
  if (String(event.component.getFirstPropertyValue("status") ?? "").toUpperCase() === "CANCELLED") return false;
  return momentOf(start, event, "dtstart", zone) <= at && at < momentOf(end, event, "dtend", zone);
}

function momentOf(time: ICAL.Time, event: ICAL.Event, member: "dtstart" | "dtend", zone: string): UnixMs {
  const own = event.component.getFirstProperty(member) ?? event.component.getFirstProperty("dtstart");
  const tzid = time.isDate ? undefined : (own?.getParameter("tzid") as string | undefined);
  const isUtc = !time.isDate && time.zone === ICAL.Timezone.utcTimezone;
  if (isUtc) return time.toUnixTime() * 1_000;
  // The zone of this computer knows all changes of the clock; the calendar's own definition may be old, or have another name.
  if (tzid !== undefined && !isTimeZone(tzid)) return time.toUnixTime() * 1_000;
  return instantOf(time, tzid ?? zone);
}

function zonesOf({ component }: ICAL.Event): readonly string[] {
  return ["dtstart", "dtend"].flatMap(
    (name) => (component.getFirstProperty(name)?.getParameter("tzid") as string) ?? [],
  );
}

function hasDefinition({ component }: ICAL.Event, zone: string): boolean {
  const zones = component.parent?.getAllSubcomponents("vtimezone") ?? [];
  return zones.some((one) => one.getFirstPropertyValue("tzid") === zone);
}

/** What may name a person: the title, and who is invited. */
function textOf({ component, summary }: ICAL.Event): string {
  const invited = component.getAllProperties("attendee").map((one) => String(one.getFirstValue()));
  return [summary, ...invited].join("\n").toLowerCase();
}
