import { resolve } from "node:path";
import { AFTER_FAILURE, beforeArguments } from "./allowed-switches.ts";

/** The options of the command line. */
export type LaunchOptions = {
  /** `--vault DIR`, repeatable: folders to watch like drives. */
  readonly vaults: readonly string[];
  /** `--trust DIR`: other trust roots, in development builds only. */
  readonly trust: string | undefined;
  /** `--feed URL`: another update feed, in development builds only. */
  readonly feed: string | undefined;
  /** `--ingest URL`: another ingest of telemetry, in development builds only. */
  readonly ingest: string | undefined;
  /** `--package-kind KIND`: act as if installed from such a package, in development builds only. */
  readonly packageKind: string | undefined;
  /** `--after-failure`: the app has restarted itself. */
  readonly isAfterFailure: boolean;
};

/** Reads our own options. Chromium's, which only development builds accept, are skipped. */
export function parseLaunchOptions(argv: readonly string[]): LaunchOptions {
  const args = beforeArguments(argv);
  return {
    vaults: valuesOf(args, "--vault").map((path) => resolve(path)),
    trust: valuesOf(args, "--trust").at(-1),
    feed: valuesOf(args, "--feed").at(-1),
    ingest: valuesOf(args, "--ingest").at(-1),
    packageKind: valuesOf(args, "--package-kind").at(-1),
    isAfterFailure: args.includes(AFTER_FAILURE),
  };
}

function valuesOf(argv: readonly string[], name: string): string[] {
  return argv.flatMap((word, index) => {
    if (word.startsWith(`${name}=`)) return [word.slice(name.length + 1)];
    const next = argv[index + 1];
    return word === name && next !== undefined && !next.startsWith("--") ? [next] : [];
  });
}
