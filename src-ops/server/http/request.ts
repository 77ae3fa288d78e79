/** A request, read whole. Everything in it is attacker-controlled. */
export type HttpRequest = {
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
  readonly address: string;
};
