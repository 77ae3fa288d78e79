// A process that fails as its first word says: what it logs, and that it would start again, is its output.
import { createUnexpectedErrors, watchProcessErrors } from "../../../src-main/errors/index.ts";

const [kind = "", ...args] = process.argv.slice(2);
const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const errors = createUnexpectedErrors({
  log: (event, fields) => print({ event, ...fields }),
  now: () => 0,
  monotonic: () => performance.now(),
});
watchProcessErrors(process, {
  errors,
  isRestarted: args.includes("restarted"),
  upMs: () => (args.includes("late") ? 3_600_000 : 1_000),
  restart: () => print({ restart: true }),
});

function throwIt(): never {
  throw new RangeError("/home/someone/Harbour.mp4");
}

if (kind === "rejection") void Promise.resolve().then(throwIt);
else for (let count = 0; count < 2; count++) setTimeout(throwIt, count);
setTimeout(() => print({ alive: true }), 50);
