import * as fc from "fast-check";
import { hostileTexts, TARGETS } from "../fakes/hostile-texts.ts";

// `npm run soak:parsers [inputs] [seed]`: a million hostile texts, divided among the parsers of all signed texts. Every
// text must be refused, and no parser may throw. A failure prints its seed and the smallest failing text.
const inputs = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const each = Math.ceil(inputs / TARGETS.length);
if (!(each > 0)) throw new Error("the number of inputs must be above 0");

process.stdout.write(`seed ${seed}\n`);
let total = 0;
for (const target of TARGETS) {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(hostileTexts(target, 1), (text) => {
      const parsed = target.parse(text);
      if (parsed.ok) throw new Error("accepted");
      outcomes.set(parsed.error, (outcomes.get(parsed.error) ?? 0) + 1);
    }),
    { numRuns: each, seed },
  );
  const counts = [...outcomes].map(([code, count]) => `${code} ${count}`);
  process.stdout.write(`${target.name.padEnd(16)} ${each} inputs, 0 accepted, 0 thrown: ${counts.join(", ")}\n`);
  total += each;
}
process.stdout.write(`${total} inputs, all refused\n`);
