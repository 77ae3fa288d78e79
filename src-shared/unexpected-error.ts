import * as v from "valibot";

/**
 * Where an unexpected error occurred. `render`, `window` and `promise` are in the page, the others in the main process.
 */
export const PAGE_ERROR_SOURCES = ["render", "window", "promise"] as const;
export const MAIN_ERROR_SOURCES = [
  "start",
  "ipc",
  "media-worker",
  "vault-watch",
  "content-pack",
  "updates",
  "telemetry",
  "uncaught",
  "rejection",
] as const;
export type ErrorSource = (typeof PAGE_ERROR_SOURCES)[number] | (typeof MAIN_ERROR_SOURCES)[number];

/**
 * The class of an error. `other`: a class of ours or of a package. `value`: something that is not an error was thrown.
 */
export const ERROR_KINDS = ["plain", "type", "range", "reference", "syntax", "aggregate", "other", "value"] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

const KIND_OF_NAME: Readonly<Record<string, ErrorKind>> = {
  Error: "plain",
  TypeError: "type",
  RangeError: "range",
  ReferenceError: "reference",
  SyntaxError: "syntax",
  AggregateError: "aggregate",
};

const MAX_FRAMES = 5;

/** `function:file:line:column`, with the base name of a source file and no folder. */
const FRAME = /^[A-Za-z_$][\w$.]{0,60}:[A-Za-z][\w.-]{0,60}\.(?:c?js|tsx?):\d{1,7}:\d{1,7}$/;

/** Codes of the operating system and of Node.js: any other `code` may contain a file name or text of a person. */
const CODE =
  /^(?:E(?:ACCES|AGAIN|BADF|BUSY|CONNABORTED|CONNREFUSED|CONNRESET|EXIST|FAULT|INVAL|IO|ISDIR|MFILE|NAMETOOLONG|NETUNREACH|NFILE|NODEV|NOENT|NOMEM|NOSPC|NOTCONN|NOTDIR|NOTEMPTY|NOTFOUND|NOTSUP|PERM|PIPE|ROFS|TIMEDOUT|XDEV)|ERR_[A-Z][A-Z_]{0,50})$/;

/** An unexpected error without its content: no message, no path, no name that a person chose. */
export const ErrorReport = v.object({
  kind: v.picklist(ERROR_KINDS),
  /** Empty: no known code. */
  code: v.union([v.literal(""), v.pipe(v.string(), v.regex(CODE))]),
  /** The innermost function first. */
  frames: v.pipe(v.array(v.pipe(v.string(), v.regex(FRAME))), v.maxLength(MAX_FRAMES)),
});
export type ErrorReport = v.InferOutput<typeof ErrorReport>;

/** Describes anything that was thrown. Never throws itself. */
export function describeError(thrown: unknown): ErrorReport {
  try {
    if (!(thrown instanceof Error)) return { kind: "value", code: "", frames: [] };
    const { name, code } = thrown as Error & { readonly code?: unknown };
    return {
      kind: (Object.hasOwn(KIND_OF_NAME, name) && KIND_OF_NAME[name]) || "other",
      code: typeof code === "string" && CODE.test(code) ? code : "",
      frames: framesOf(thrown),
    };
  } catch {
    // An error with a getter that throws: it is still an error.
    return { kind: "other", code: "", frames: [] };
  }
}

/**
 * The frames after the message. A message can contain lines that look like frames, so a stack that does not begin with
 * the class and exactly this message has no frames.
 */
function framesOf({ message, stack }: Error): string[] {
  if (typeof stack !== "string" || typeof message !== "string") return [];
  const [header = ""] = /^[\w$.]+(?: \[[A-Z_]+\])?/.exec(stack) ?? [];
  const start = message === "" ? header : `${header}: ${message}`;
  if (header === "" || !stack.startsWith(`${start}\n`)) return [];
  return stack
    .slice(start.length + 1)
    .split("\n")
    .flatMap(frameOf)
    .slice(0, MAX_FRAMES);
}

// V8 writes "at async Object.fn [as alias] (file:///folder/file.js:1:2)", or without a name "at file:///folder/file.js:1:2".
const STACK_LINE =
  /^\s+at (?:async )?(?:new )?(?:(?<name>[^\s(]+) (?:\[as [^\]]*\] )?\()?(?:[^()]*[/\\])?(?<file>[^/\\:()?]+)(?:\?[^:]*)?:(?<at>\d+:\d+)\)?$/;

function frameOf(line: string): string[] {
  const { name = "anonymous", file = "", at = "" } = STACK_LINE.exec(line)?.groups ?? {};
  const frame = withoutPhrase(`${name.replaceAll("<anonymous>", "anonymous")}:${file}:${at}`);
  return FRAME.test(frame) ? [frame] : [];
}

// Log collectors count the word itself: it appears once in a line, as its level.
function withoutPhrase(frame: string): string {
  return frame.replaceAll(/error/gi, "err");
}
