import { join } from "node:path";

/** What a start left behind or showed. */
export type Trace = {
  /** Files that appeared in the folder that the variables point to. */
  readonly files: readonly string[];
  readonly stderr: string;
  /** Whether a page ran without Chromium's sandbox. */
  readonly isUnsandboxed: boolean;
  /** Whether the pipe `<traps>/pipe` was opened for reading. */
  readonly isPipeRead: boolean;
  /** Whether a process that went on running had the variable. */
  readonly isSet: boolean;
};

export type DangerousVariable = {
  readonly name: string;
  /** `traps`: a folder with the files of `trap.ts`; `written`: an empty folder. */
  readonly value: (folders: { readonly traps: string; readonly written: string }) => string;
  /** How its effect shows. */
  readonly shows: (trace: Trace) => boolean;
  /** Whether a plain Electron obeys it; what it ignores stays in the list, in case that a later one does not. */
  readonly isObeyed: boolean;
  /** A package does not start with it: Node itself ends if it is set while the fuse turns `NODE_OPTIONS` off. */
  readonly endsPackage?: true;
};

const leavesFiles = ({ files }: Trace) => files.length > 0;
const readsPipe = ({ isPipeRead }: Trace) => isPipeRead;
const prints = (text: RegExp) => (trace: Trace) => text.test(trace.stderr);
const to =
  (name: string): DangerousVariable["value"] =>
  ({ written }) =>
    join(written, name);
const from =
  (name: string, option = ""): DangerousVariable["value"] =>
  ({ traps }) =>
    option + join(traps, name);
const always = (value: string) => () => value;

/**
 * Variables of Node, Electron and Chromium that load code, turn a protection off, write down what a program does or
 * change what it trusts. Sources: Node's `doc/api/cli.md`, Electron's `docs/api/environment-variables.md` and
 * `shell/app/electron_main_delegate.cc`, Chromium's `sandbox/linux/suid/client` and `base/logging`.
 */
export const DANGEROUS_VARIABLES: readonly DangerousVariable[] = [
  // Code from elsewhere, and debuggers.
  { name: "NODE_OPTIONS", value: from("trap.cjs", "--require="), shows: leavesFiles, isObeyed: true },
  { name: "NODE_OPTIONS", value: from("trap.cjs", "--import="), shows: leavesFiles, isObeyed: true },
  { name: "NODE_OPTIONS", value: always("--inspect=0"), shows: prints(/Debugger listening/), isObeyed: true },
  {
    name: "NODE_REPL_EXTERNAL_MODULE",
    value: from("trap.cjs"),
    shows: leavesFiles,
    isObeyed: false,
    endsPackage: true,
  },
  { name: "NODE_PATH", value: from("."), shows: leavesFiles, isObeyed: false },
  { name: "ELECTRON_RUN_AS_NODE", value: always("1"), shows: prints(/as Node/), isObeyed: true },
  { name: "ELECTRON_OVERRIDE_DIST_PATH", value: from("."), shows: leavesFiles, isObeyed: false },
  { name: "CHROME_WRAPPER", value: from("trap.sh"), shows: leavesFiles, isObeyed: false },
  // Protections.
  { name: "ELECTRON_DISABLE_SANDBOX", value: always("1"), shows: (t) => t.isUnsandboxed, isObeyed: true },
  { name: "CHROME_DEVEL_SANDBOX", value: from("trap.sh"), shows: leavesFiles, isObeyed: false },
  { name: "NODE_EXTRA_CA_CERTS", value: from("pipe"), shows: readsPipe, isObeyed: true },
  { name: "SSL_CERT_FILE", value: from("pipe"), shows: readsPipe, isObeyed: false },
  { name: "OPENSSL_CONF", value: from("pipe"), shows: readsPipe, isObeyed: false },
  { name: "NODE_TLS_REJECT_UNAUTHORIZED", value: always("0"), shows: prints(/makes TLS connections/), isObeyed: true },
  // What the app does, written down.
  { name: "NODE_V8_COVERAGE", value: to("coverage"), shows: leavesFiles, isObeyed: true },
  { name: "NODE_COMPILE_CACHE", value: to("compiled"), shows: leavesFiles, isObeyed: true },
  { name: "NODE_REDIRECT_WARNINGS", value: to("warnings"), shows: leavesFiles, isObeyed: true },
  { name: "NODE_DEBUG", value: always("*"), shows: prints(/^[A-Z0-9_]+ \d+: /m), isObeyed: true },
  { name: "NODE_DEBUG_NATIVE", value: always("*"), shows: prints(/^\w+ \d+: /m), isObeyed: false },
  { name: "SSLKEYLOGFILE", value: to("keys"), shows: leavesFiles, isObeyed: true },
  { name: "ELECTRON_ENABLE_LOGGING", value: always("1"), shows: prints(/CONSOLE/), isObeyed: true },
  { name: "ELECTRON_LOG_ASAR_READS", value: always("1"), shows: ({ isSet }) => isSet, isObeyed: false },
  { name: "ELECTRON_LOG_FILE", value: to("log"), shows: leavesFiles, isObeyed: false },
  { name: "CHROME_LOG_FILE", value: to("log"), shows: leavesFiles, isObeyed: false },
  { name: "BREAKPAD_DUMP_LOCATION", value: to("dumps"), shows: leavesFiles, isObeyed: true },
];
