import { Session } from "node:inspector/promises";

/** Which blocks of our sources an input runs, and about how often; measured by V8. */
export type Coverage = {
  /** What ran since the last call: one key for each block and order of magnitude of its count. */
  readonly take: () => Promise<ReadonlySet<string>>;
  readonly stop: () => void;
};

const OURS = /\/src-(?:shared|main|ops)\//;

/** Measures this process with V8's precise block coverage (Chrome DevTools Protocol, `Profiler`). */
export async function measureCoverage(): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    async take() {
      const { result } = await session.post("Profiler.takePreciseCoverage");
      const keys = new Set<string>();
      for (const { url, scriptId, functions } of result) {
        if (!OURS.test(url)) continue;
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) keys.add(`${scriptId}:${startOffset}:${endOffset}:${Math.floor(Math.log2(count))}`);
      }
      return keys;
    },
    stop: () => session.disconnect(),
  };
}
