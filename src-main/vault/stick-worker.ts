import { parentPort, workerData } from "node:worker_threads";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { examineStick } from "./examine-stick.ts";

// The thread that reads and checks what an unknown stick contains: however much that is, the window stays responsive.
const port = parentPort;
if (!port) throw new Error("the stick worker runs as a worker thread only");

const { root, roots } = workerData as { readonly root: string; readonly roots: TrustRoots };
port.postMessage(await examineStick(root, roots));
