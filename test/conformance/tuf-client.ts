// A TUF client for the official conformance suite, built on the app's own update code. It exits with 0 or 1, and leaves
// the trusted metadata as `<role>.json` in the metadata folder.
//
//   tuf-client --metadata-dir D init ROOT
//   tuf-client --metadata-dir D --metadata-url U refresh
//   tuf-client --metadata-dir D --metadata-url U --target-name N... --target-dir T --target-base-url B download
import { runClient } from "./run-client.ts";

const outcome = await runClient(process.argv.slice(2)).catch((error: unknown) => {
  // A folder that cannot be read or written, or unknown options: refused like every other fault.
  return { ok: false as const, error: String(error) };
});
if (!outcome.ok) process.stderr.write(`${outcome.error}\n`);
process.exitCode = outcome.ok ? 0 : 1;
