// `npm run soak:updates -- --runs 200 [--seed N] [--only RUN]`: random sequences of actions of publishers, hostile
// servers and thieves, and of events on a computer, against the app's update code and a real web server on the
// loopback.
import { parseArgs } from "node:util";
import { FAULTS } from "./update-faults.ts";
import { EVENT_ATTACK_NUMBERS, runSequence } from "./update-sequence.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "200" }, seed: { type: "string" }, only: { type: "string" } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const runs =
  values.only === undefined ? Array.from({ length: Number(values.runs) }, (_, i) => i) : [Number(values.only)];
process.stdout.write(`seed ${seed}\n`);

const counts = new Map<string, number>();
const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
const started = performance.now();
for (const run of runs) {
  try {
    await runSequence(seed + run * 7919, count);
  } catch (error) {
    process.stdout.write(`failed: npm run soak:updates -- --seed ${seed} --only ${run}\n`);
    throw error;
  }
}

for (const [what, times] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  process.stdout.write(`${String(times).padStart(6)}  ${what}\n`);
const attacks = new Set<number>([...Object.values(FAULTS).flat(), ...EVENT_ATTACK_NUMBERS]);
process.stdout.write(
  `${runs.length} sequences in ${Math.round((performance.now() - started) / 1000)} s, with variants of ${attacks.size} of the 45 attacks; ` +
    "no counter went down, nothing older was accepted, nothing unlisted, revoked or halted was installed, all recovered\n",
);
