// A static web server on the loopback for the folder in argv, like a publisher's; it prints its port and runs until it
// is killed.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

const [folder = ""] = process.argv.slice(2);
const server = createServer((request, response) => {
  try {
    const content = readFileSync(join(folder, normalize(decodeURIComponent(request.url ?? "/"))));
    response.writeHead(200, { "content-length": content.length }).end(content);
  } catch {
    response.writeHead(404, { "content-length": 0 }).end();
  }
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
