import { resolve } from "node:path";
import * as v from "valibot";
import { readSmallFile } from "../../../../src-shared/node/plain-files.ts";
import { ok, type Result } from "../../../../src-shared/result.ts";
import { MIB, type UnixMs } from "../../../../src-shared/units.ts";
import { Hours, HOURS, isWithin, TIME_ZONE } from "../../../gates/index.ts";
import { MAIL_ADDRESS, type MailAddress } from "../../../mail/index.ts";
import { type Calendar, parseCalendar } from "./calendar.ts";

const MAX_CALENDAR = MIB;

/** A name as it stands in the titles of the calendar. */
const Person = v.pipe(v.string(), v.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u, "a name of letters, such as ann"));

/** Who is on duty: the people, their hours, and a calendar that takes precedence over the hours. */
export const ON_CALL = v.pipe(
  v.strictObject({
    zone: TIME_ZONE,
    people: v.record(Person, v.pipe(v.array(MAIL_ADDRESS), v.minLength(1, "at least one address"))),
    hours: v.optional(v.array(v.strictObject({ person: Person, ...HOURS })), []),
    /** A file beside the configuration. */
    calendar: v.optional(v.pipe(v.string(), v.nonEmpty("the name of a file"))),
  }),
  v.check(
    ({ people, hours }) => hours.every(({ person }) => person in people),
    "hours only of people who are in `people`",
  ),
  v.check(
    ({ hours }) => hours.every(({ days, from, to }) => v.is(Hours, { days, from, to })),
    "hours that begin and end at different hours",
  ),
);
export type OnCallFile = v.InferOutput<typeof ON_CALL>;

export type OnCall = OnCallFile & {
  readonly entries: Calendar | undefined;
  /** The calendar as it was read, so that a change of it is a change of the configuration. */
  readonly text: string;
};

/** Reads the calendar of a rota. The error says what is wrong with it. */
export async function readOnCall(file: OnCallFile, folder: string): Promise<Result<OnCall, string>> {
  if (file.calendar === undefined) return ok({ ...file, entries: undefined, text: "" });
  const bytes = await readSmallFile(resolve(folder, file.calendar), MAX_CALENDAR);
  const text = new TextDecoder().decode(bytes ?? new Uint8Array());
  const entries = parseCalendar(text, file.zone);
  return entries.ok ? ok({ ...file, entries: entries.value, text }) : entries;
}

/** The addresses of the people on duty: by the calendar or, where it names nobody, by the hours; none if both name nobody. */
export function onDuty({ zone, people, hours, entries }: OnCall, at: UnixMs): readonly MailAddress[] {
  const names = Object.keys(people);
  const texts = entries?.textsAt(at) ?? [];
  const byCalendar = names.filter((name) => texts.some((text) => isNamed(name, people[name] ?? [], text)));
  const seconds = Math.floor(at / 1_000);
  const byHours = hours.filter((those) => isWithin(those, zone, seconds));
  const found = byCalendar.length > 0 ? byCalendar : byHours.map(({ person }) => person);
  return [...new Set(found)].flatMap((name) => people[name] ?? []);
}

/** By the name as a word of its own, or by an address. */
function isNamed(name: string, addresses: readonly MailAddress[], text: string): boolean {
  const isWord = new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(name.toLowerCase())}(?![\\p{L}\\p{N}])`, "u").test(
    text,
  );
  return isWord || addresses.some(({ address }) => text.split(/[\s:]/).includes(address.toLowerCase()));
}
