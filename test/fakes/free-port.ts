import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port of this computer that nobody uses now, for a program that cannot choose one itself. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const listening = createServer().listen(0, host);
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  listening.close();
  return port;
}
