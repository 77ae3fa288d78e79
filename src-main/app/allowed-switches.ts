/** The app passes this option to itself when it restarts after an unexpected error. */
export const AFTER_FAILURE = "--after-failure";

/** The app passes this option to itself when it restarts without the variables that a release does not want. */
export const WITHOUT_VARIABLES = "--without-variables";

/** What surrounds the command line. */
export type Started = {
  readonly platform: NodeJS.Platform;
  /** Started by the AppImage runtime, whose script adds `--no-sandbox` where the system has no user namespaces. */
  readonly isAppImage: boolean;
};

// `--updated` comes from the installer for Windows when it restarts the app.
const ALLOWED = new Set([AFTER_FAILURE, WITHOUT_VARIABLES, "--updated", "--vault"]);
const ALLOWED_WITH_VALUE = ["--vault="];

/**
 * The first switch of a command line that a release does not accept; `undefined` if there is none. Everything that
 * Chromium takes for a switch counts: one dash or two, on Windows a slash, and white space before it (`base/command_line.cc`).
 *
 * @param words the command line without the program. Attacker-controlled
 */
export function refusedSwitch(words: readonly string[], { platform, isAppImage }: Started): string | undefined {
  return switchesIn(words, platform).find(
    (word) =>
      !ALLOWED.has(word) &&
      !ALLOWED_WITH_VALUE.some((start) => word.startsWith(start)) &&
      !(isAppImage && word === "--no-sandbox"),
  );
}

function switchesIn(words: readonly string[], platform: NodeJS.Platform): string[] {
  const isSwitch = platform === "win32" ? /^[\s\u0085]*[-/]/ : /^[\s\u0085]*-/;
  return beforeArguments(words).filter((word) => isSwitch.test(word));
}

/** The words before `--`. What follows came from a link: it is never an option, whatever it begins with. */
export function beforeArguments(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end < 0 ? words : words.slice(0, end);
}
