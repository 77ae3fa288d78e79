import { posix, win32 } from "node:path";
import * as v from "valibot";
import { codePointsOf, unsafeCharacterIn, unsafeCharacterInText } from "../../src-shared/encoding/line.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { fromUtf8, textOfFile, utf8 } from "../../src-shared/encoding/text.ts";
import { RandomId } from "../../src-shared/ids.ts";
import { MAX_CATALOG_TEXT_CHARS, MAX_DESCRIPTION_CHARS, MAX_SECTIONS } from "../../src-shared/limits.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { SUBTITLE_KINDS } from "../../src-shared/subtitle-kinds.ts";
import { languageTag } from "./sidecar-name.ts";

// A plan: what a publisher writes about films before they are packed, or about the videos of a stick (docs/formats/plan.md).

const Title = v.pipe(
  v.string(),
  v.trim(),
  v.check((title) => /[^\s\p{Cf}]/u.test(title), "a title has at least one visible character"),
  v.check(
    (title) => codePointsOf(title) <= MAX_CATALOG_TEXT_CHARS,
    `a title has at most ${MAX_CATALOG_TEXT_CHARS} characters`,
  ),
  v.check(
    (title) => unsafeCharacterIn(title) === undefined,
    ({ input }) =>
      `a title is one line without control characters and direction marks, and this one has ${unsafeCharacterIn(input)}`,
  ),
);

const Description = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll(/\r\n?/g, "\n").replaceAll("\t", " ").trim()),
  v.check(
    (text) => codePointsOf(text) <= MAX_DESCRIPTION_CHARS,
    `a description has at most ${MAX_DESCRIPTION_CHARS} characters`,
  ),
  v.check(
    (text) => unsafeCharacterInText(text) === undefined,
    ({ input }) =>
      `a description has no control characters and direction marks, and this one has ${unsafeCharacterInText(input)}`,
  ),
);

/** A path inside the folder of the plan, with `/` between its names on every system. */
const InnerPath = v.pipe(
  v.string(),
  v.check(
    (path) =>
      !/^$|\0/.test(path) && !posix.isAbsolute(path) && !win32.isAbsolute(path) && !path.split("/").includes(".."),
    "it must name a file inside the folder of the plan",
  ),
  v.transform((path) => posix.normalize(path)),
);

const LanguageTag = v.pipe(
  v.string(),
  v.check(
    (text) => text === "und" || languageTag(text) !== undefined,
    "it must be a language code, such as fr or pt-BR; und where it is unknown",
  ),
  v.transform((text) => languageTag(text) ?? "und"),
);

const PlannedFile = v.strictObject({
  file: InnerPath,
  title: v.exactOptional(Title),
  description: v.exactOptional(Description),
  poster: v.exactOptional(InnerPath),
  subtitles: v.exactOptional(
    v.array(
      v.strictObject({
        file: InnerPath,
        language: LanguageTag,
        kind: v.exactOptional(v.picklist(SUBTITLE_KINDS, `it must be one of ${SUBTITLE_KINDS.join(", ")}`)),
      }),
    ),
  ),
  chapters: v.exactOptional(InnerPath),
});

const ListedVideo = v.strictObject({ id: RandomId, title: Title, description: v.exactOptional(Description) });

function planOf<Video extends v.GenericSchema, More extends v.ObjectEntries>(video: Video, more: More) {
  const videos = v.exactOptional(v.array(video), []);
  const section = v.strictObject({
    title: Title,
    description: v.exactOptional(Description),
    videos: v.pipe(v.array(video), v.minLength(1, "a section has at least one video: give it one, or take it out")),
  });
  const sections = v.pipe(v.array(section), v.maxLength(MAX_SECTIONS, `there are at most ${MAX_SECTIONS} sections`));
  // Whether no title is shown outside of the app; absent: as the stick has it.
  const hidesTitles = v.exactOptional(v.boolean("it must be true or false"));
  return v.strictObject({ ...more, hidesTitles, videos, sections: v.exactOptional(sections, []) });
}

export const PACK_PLAN_FORMAT = "uvv-pack-plan/1";
export const EDIT_PLAN_FORMAT = "uvv-edit-plan/1";

/** Films that are to be packed; `folder` is the one in which they are. */
const PackPlan = planOf(PlannedFile, {
  format: v.literal(PACK_PLAN_FORMAT),
  folder: v.pipe(v.string(), v.minLength(1)),
});
export type PackPlan = v.InferOutput<typeof PackPlan>;
export type PlannedFile = v.InferOutput<typeof PlannedFile>;

/** The videos of a stick. */
const EditPlan = planOf(ListedVideo, { format: v.literal(EDIT_PLAN_FORMAT) });
export type EditPlan = v.InferOutput<typeof EditPlan>;

/** Reads a plan for packing (edited by people, so anything may be in it). A text says what is wrong and where. */
export function parsePackPlan(bytes: Uint8Array): Result<PackPlan, string> {
  const parsed = parse(bytes, PackPlan, PACK_PLAN_FORMAT);
  return parsed.ok ? withoutRepeats(parsed.value, ({ file }) => file, "film") : parsed;
}

/** Reads a plan of the videos of a stick. A text says what is wrong and where. */
export function parseEditPlan(bytes: Uint8Array): Result<EditPlan, string> {
  const parsed = parse(bytes, EditPlan, EDIT_PLAN_FORMAT);
  return parsed.ok ? withoutRepeats(parsed.value, ({ id }) => id, "video") : parsed;
}

type Grouped<Video> = {
  readonly videos: readonly Video[];
  readonly sections: readonly { readonly videos: readonly Video[] }[];
};

function withoutRepeats<Video, Plan extends Grouped<Video>>(
  plan: Plan & Grouped<Video>,
  nameOf: (video: Video) => string,
  what: string,
): Result<Plan, string> {
  const repeated = firstRepeated([plan, ...plan.sections].flatMap(({ videos }) => videos.map(nameOf)));
  return repeated === undefined ? ok(plan) : err(`it has ${repeated} twice: each ${what} has one place`);
}

const OTHER_FORMAT: Readonly<Record<string, string>> = {
  [PACK_PLAN_FORMAT]: "it is a plan for packing; write one of the stick with `vaultctl plan --stick`",
  [EDIT_PLAN_FORMAT]: "it is a plan of a stick; write one of your films with `vaultctl plan FOLDER`",
};
const WithFormat = v.object({ format: v.string() });

function parse<T extends v.GenericSchema>(
  bytes: Uint8Array,
  shape: T,
  format: string,
): Result<v.InferOutput<T>, string> {
  const text = decode(bytes);
  if (text === undefined) return err("it is not UTF-8 text: save it with that encoding");
  const json = parseStrictJson(utf8(text));
  if (!json.ok) return err(`it is no strict JSON (${json.error}${placeOfFault(text)})`);
  const given = v.is(WithFormat, json.value) ? json.value.format : undefined;
  const other = given === undefined || given === format ? undefined : OTHER_FORMAT[given];
  if (other !== undefined) return err(other);
  const parsed = v.safeParse(shape, json.value, { abortEarly: true });
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return err(`${v.getDotPath(issue) ?? "the whole file"}: ${sentenceOf(issue)}`);
}

/** Windows PowerShell writes UTF-16 where its output is redirected into a file. */
function decode(bytes: Uint8Array): string | undefined {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = isUtf16 ? textOfFile(bytes) : fromUtf8(bytes);
  return text?.replace(/^\u{feff}/u, "");
}

/** Where the text is no JSON, as its parser says it. */
function placeOfFault(text: string): string {
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    const place = error instanceof SyntaxError ? /line \d+ column \d+/.exec(error.message)?.[0] : undefined;
    return place === undefined ? "" : `, ${place}`;
  }
}

function sentenceOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "no member has this name";
  return issue.received === "undefined" ? "it is missing" : issue.message;
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
