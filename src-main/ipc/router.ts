import { isAbsolute } from "node:path";
import * as v from "valibot";
import {
  APP_ORIGIN,
  type CallCode,
  type CallError,
  type CallInput,
  type CallName,
  type CallOutput,
  calls,
  GIVEN_PACK_CHANNEL,
  type Reply,
} from "../../src-shared/ipc/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Log } from "../log/index.ts";

/** Exactly one handler for every call of the contract: a missing or an additional one does not compile. */
export type Handlers = {
  readonly [N in CallName]: (input: CallInput<N>) => Promise<Result<CallOutput<N>, CallCode<N>>>;
};

/** The frame that a request comes from, as Electron reports it. */
export type Sender = { readonly url: string; readonly isMainFrame: boolean };

type Listen = (channel: string, listener: (sender: Sender | null, input: unknown) => Promise<Reply<CallName>>) => void;

/** Called with what a handler has thrown. */
export type Unexpected = (thrown: unknown, call: CallName) => void;

/**
 * Answers the calls of the contract. Each sender must be the main frame of our own page; each input and each output
 * must match the contract. Anything else is answered with `BAD_REQUEST` or `INTERNAL` and logged once.
 */
export function routeCalls(listen: Listen, handlers: Handlers, log: Log, unexpected: Unexpected): void {
  for (const name of Object.keys(calls) as CallName[]) {
    listen(name, async (sender, input) => {
      if (!isTrusted(sender)) {
        log("ipc.sender-refused", { call: name });
        return err({ code: "BAD_REQUEST" as const });
      }
      try {
        const reply = await answer(name, input, handlers);
        if (!reply.ok && (reply.error.code === "BAD_REQUEST" || reply.error.code === "INTERNAL")) {
          log("ipc.refused", { call: name, code: reply.error.code });
        }
        return reply;
      } catch (error) {
        // A bug: its message could contain a path, so it is not passed on.
        unexpected(error, name);
        return err({ code: "INTERNAL" as const });
      }
    });
  }
}

/** Takes the paths that the preload script sends for dropped files. As for calls, anything else is refused and logged. */
export function answerGivenPacks(
  receive: (path: string) => void,
  log: Log,
): (sender: Sender | null, path: unknown) => void {
  const call = GIVEN_PACK_CHANNEL;
  return (sender, path) => {
    if (!isTrusted(sender)) log("ipc.sender-refused", { call });
    else if (typeof path !== "string" || !isAbsolute(path)) log("ipc.refused", { call, code: "BAD_REQUEST" });
    else receive(path);
  };
}

function isTrusted(sender: Sender | null): boolean {
  return sender !== null && sender.isMainFrame && sender.url.startsWith(`${APP_ORIGIN}/`);
}

async function answer<N extends CallName>(name: N, input: unknown, handlers: Handlers): Promise<Reply<N>> {
  const { in: inputSchema, out: outputSchema, errors } = calls[name];
  const parsed = v.safeParse(inputSchema, input);
  if (!parsed.success) return err({ code: "BAD_REQUEST" });
  const result: Result<CallOutput<N>, string> = await handlers[name](parsed.output);
  if (!result.ok) {
    const known = (errors as readonly string[]).includes(result.error);
    return err({ code: (known ? result.error : "INTERNAL") as CallError<N> });
  }
  return v.is(outputSchema, result.value) ? ok(result.value) : err({ code: "INTERNAL" });
}
