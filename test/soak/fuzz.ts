import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Coverage, measureCoverage } from "../fuzz/coverage.ts";
import { mutate, randomFrom } from "../fuzz/mutate.ts";
import { FUZZ_TARGETS, type FuzzTarget } from "../fuzz/targets.ts";

// `npm run soak:fuzz [seconds] [seed] [target...]`: fuzzes every parser of foreign bytes, for so long in all. An input
// that runs a new piece of our code is kept and changed further. A parser that throws, or takes a second, is a finding:
// its input is written to `test/fuzz/findings/<target>/`, where the unit tests run it from then on.
const [seconds = "300", seedText, ...names] = process.argv.slice(2);
const seed = Number(seedText ?? Date.now() % 2 ** 31);
const BATCH = 200;
const SLOW_MICROSECONDS = 1_000_000;
const targets = FUZZ_TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
const eachMs = (Number(seconds) * 1000) / targets.length;
if (!(eachMs > 0)) throw new Error("give the number of seconds, and names of targets that exist");

process.stdout.write(`seed ${seed}, ${targets.length} parsers\n`);
const coverage = await measureCoverage();
let [inputs, findings] = [0, 0];
for (const target of targets) {
  const result = await fuzz(target, coverage);
  inputs += result.inputs;
  findings += result.findings;
  const counts = `${result.inputs} inputs, ${result.corpus} kept, ${result.blocks} blocks, ${result.findings} findings`;
  process.stdout.write(`${target.name.padEnd(20)} ${counts}\n`);
}
coverage.stop();
process.stdout.write(`${inputs} inputs, ${findings} findings\n`);
if (findings > 0) process.exitCode = 1;

async function fuzz(target: FuzzTarget, { take }: Coverage) {
  const random = randomFrom(seed);
  const corpus: Uint8Array[] = [new Uint8Array(), ...target.seeds];
  const seen = new Set<string>();
  const found = new Set<string>();
  for (const input of corpus) await attempt(target, input, found);
  for (const block of await take()) seen.add(block);
  let tried = corpus.length;
  for (const end = performance.now() + eachMs; performance.now() < end && found.size < 20;) {
    const batch = Array.from({ length: BATCH }, () => mutate(pick(corpus, random), pick(corpus, random), random));
    for (const input of batch) await attempt(target, input, found);
    tried += batch.length;
    if (isNew(await take(), seen)) await keepNew(target, batch, corpus, seen, take);
  }
  return { inputs: tried, corpus: corpus.length, blocks: seen.size, findings: found.size };
}

function pick(corpus: readonly Uint8Array[], random: (below: number) => number): Uint8Array {
  return corpus[random(corpus.length)] ?? new Uint8Array();
}

/** Runs a batch that ran something new again, half by half, to keep just the inputs that do. */
async function keepNew(
  target: FuzzTarget,
  batch: readonly Uint8Array[],
  corpus: Uint8Array[],
  seen: Set<string>,
  take: Coverage["take"],
): Promise<void> {
  for (const input of batch) await attempt(target, input, new Set());
  const blocks = await take();
  const [only, ...others] = batch;
  if (!only || !isNew(blocks, seen)) return;
  if (others.length === 0) {
    for (const block of blocks) seen.add(block);
    corpus.push(only);
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await keepNew(target, batch.slice(0, middle), corpus, seen, take);
  await keepNew(target, batch.slice(middle), corpus, seen, take);
}

function isNew(blocks: ReadonlySet<string>, seen: ReadonlySet<string>): boolean {
  return [...blocks].some((block) => !seen.has(block));
}

async function attempt(target: FuzzTarget, input: Uint8Array, found: Set<string>): Promise<void> {
  const before = process.cpuUsage();
  try {
    await target.run(input);
    // Of this program's own time: other programs make the same input take longer.
    if (process.cpuUsage(before).user < SLOW_MICROSECONDS) return;
    report(target, input, "took a second", found);
  } catch (error) {
    report(target, input, String(error), found);
  }
}

function report({ name }: FuzzTarget, input: Uint8Array, what: string, found: Set<string>): void {
  if (found.has(what)) return;
  found.add(what);
  const folder = join(import.meta.dirname, "..", "fuzz", "findings", name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, createHash("sha256").update(input).digest("hex").slice(0, 16));
  writeFileSync(file, input);
  process.stdout.write(`FINDING ${name}: ${what.slice(0, 200)}; the input is in ${file}\n`);
}
