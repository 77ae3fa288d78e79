import type { ChildProcess } from "node:child_process";

/** Waits for the line in which Node says where its inspector listens. */
export function untilListening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = "";
    child.stderr?.on("data", (part: Buffer) => {
      written += part.toString();
      const address = /Debugger listening on (ws:\S+)/.exec(written)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", () => reject(new Error(`the program ended: ${written}`)));
  });
}

/** Evaluates an expression in the main process over Node's inspector; `require` is available in it. */
export async function debugMain(address: string, expression: string): Promise<unknown> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the inspector does not answer")), { once: true });
  });
  const answer = new Promise<MessageEvent>((resolve) => {
    socket.addEventListener("message", resolve, { once: true });
  });
  const params = { expression, awaitPromise: true, returnByValue: true, includeCommandLineAPI: true };
  socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params }));
  const message = JSON.parse(String((await answer).data)) as {
    result: { result: { value: unknown }; exceptionDetails?: { exception?: { description?: string } } };
  };
  socket.close();
  const { exceptionDetails, result } = message.result;
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "the expression failed");
  return result.value;
}
