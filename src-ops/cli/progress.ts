import { safeLine } from "../../src-shared/encoding/line.ts";
import type { Progress, ProgressStep } from "../job.ts";
import { formatBytes, formatDuration } from "../formatting.ts";

const TTY_EVERY_MS = 200;
const LOG_EVERY_MS = 5000;

/** Shows progress on standard error: one line that is redrawn on a terminal, else a line every few seconds. */
export function createProgress(
  stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  nowMs: () => number,
): Progress {
  const everyMs = stream.isTTY ? TTY_EVERY_MS : LOG_EVERY_MS;
  let startMs = nowMs();
  let lastMs = startMs;
  let lastDone = 0;
  let drawn = false;
  return {
    show(step) {
      const now = nowMs();
      // Films are read, played, converted and packed one after the other: each of these has a speed of its own.
      if (step.allDone < lastDone) startMs = now;
      lastDone = step.allDone;
      if (now - lastMs < everyMs) return;
      lastMs = now;
      const line = safeLine(describeStep(step, (now - startMs) / 1000));
      if (stream.isTTY) stream.write(`\r\u001b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
      else stream.write(`${line}\n`);
      drawn = true;
    },
    end() {
      if (drawn && stream.isTTY) stream.write("\r\u001b[K");
      drawn = false;
    },
  };
}

/** `film.mp4 42 % · all 17 % (1.2 GB of 7.0 GB) · 310 MB/s · 0:19 left` */
export function describeStep(step: ProgressStep, elapsedSeconds: number): string {
  const speed = elapsedSeconds > 0 ? step.allDone / elapsedSeconds : 0;
  const left = speed > 0 ? formatDuration((step.allBytes - step.allDone) / speed) : "?";
  const all = `${formatBytes(step.allDone)} of ${formatBytes(step.allBytes)}`;
  return (
    `${step.name} ${percent(step.fileDone, step.fileBytes)} · all ${percent(step.allDone, step.allBytes)} (${all}) · ` +
    `${formatBytes(speed)}/s · ${left} left`
  );
}

function percent(done: number, all: number): string {
  return `${all > 0 ? Math.floor((done / all) * 100) : 100} %`;
}
