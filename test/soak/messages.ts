/** The options of the killed process: its folder, its kill point, and the sequence of each license. */
export type ProcessOptions = {
  readonly folder: string;
  readonly service: string;
  readonly killAt?: string;
  readonly tried: Record<string, number>;
  readonly kept: Record<string, number>;
  readonly rounds: number;
  /** Whether it also makes a device key, as an activation does. */
  /** Fills the ledger with more than the keychain has space for. */
  readonly large?: boolean;
  readonly activates: boolean;
};

/** What it prints. */
export type ProcessMessage =
  | {
      readonly state: string;
      readonly seqs: Readonly<Record<string, number>>;
      /**
       * The verdicts on the newest license that was tried for each name, and on those one sequence below the kept ones.
       */
      readonly newest: readonly string[];
      readonly older: readonly string[];
    }
  | { readonly tries: { readonly name: string; readonly seq: number } }
  | { readonly keeps: { readonly name: string; readonly seq: number } }
  | { readonly logged: { readonly event: string } & Readonly<Record<string, unknown>> }
  | { readonly done: true };
