import type { Bytes } from "../src-shared/units.ts";

/** How far a long job is: the file it is at, and how many of all bytes are done. */
export type ProgressStep = {
  readonly name: string;
  readonly fileDone: Bytes;
  readonly fileBytes: Bytes;
  readonly allDone: Bytes;
  readonly allBytes: Bytes;
};

export type Progress = { show(step: ProgressStep): void; end(): void };

/** What a running command may use of the terminal. */
export type Job = { readonly signal: AbortSignal; readonly progress: Progress; note(line: string): void };
