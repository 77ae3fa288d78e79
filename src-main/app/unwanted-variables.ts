/**
 * Variables with which Node, Electron and Chromium turn a protection off, write down what the app does, or take code or
 * trust from elsewhere. A release runs without them. Those that its fuses turn off (`NODE_OPTIONS`,
 * `NODE_EXTRA_CA_CERTS`, `ELECTRON_RUN_AS_NODE`) are left alone: people have them for other programs.
 */
export const UNWANTED: readonly string[] = [
  "BREAKPAD_DUMP_LOCATION",
  "ELECTRON_DISABLE_SANDBOX",
  "ELECTRON_ENABLE_LOGGING",
  "ELECTRON_LOG_ASAR_READS",
  "ELECTRON_LOG_FILE",
  "NODE_COMPILE_CACHE",
  "NODE_DEBUG",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_V8_COVERAGE",
  "SSLKEYLOGFILE",
];

/** The unwanted variables that an environment contains. */
export function unwantedVariables(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return UNWANTED.filter((name) => environment[name] !== undefined);
}
