import type { Bytes } from "../src-shared/units.ts";

/** The progress of a long job: the current file, and how many bytes of the total are done. */
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
