/** What a victim is told: where it lives, where it ends, and how far each license is. */
export type Orders = {
  readonly folder: string;
  readonly service: string;
  readonly killAt?: string;
  readonly tried: Record<string, number>;
  readonly kept: Record<string, number>;
  readonly rounds: number;
  /** Whether it also makes a device key, as an activation does. */
  readonly activates: boolean;
};

/** What it says. */
export type Word =
  | {
      readonly state: string;
      readonly seqs: Readonly<Record<string, number>>;
      /** The verdicts on the newest license of each name that was ever tried, and on those one below what was kept. */
      readonly newest: readonly string[];
      readonly older: readonly string[];
    }
  | { readonly tries: { readonly name: string; readonly seq: number } }
  | { readonly keeps: { readonly name: string; readonly seq: number } }
  | { readonly logged: { readonly event: string } & Readonly<Record<string, unknown>> }
  | { readonly done: true };
