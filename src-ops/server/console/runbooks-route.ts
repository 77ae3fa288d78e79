import { join } from "node:path";
import type { FastifyPluginAsync } from "fastify";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { type Bytes, KIB } from "../../../src-shared/units.ts";
import { RUNBOOKS } from "../alerts/index.ts";
import { refuse } from "../http/index.ts";

const FOLDER = join(import.meta.dirname, "../../..", RUNBOOKS);
const MAX_PAGE: Bytes = 64 * KIB;

/** `GET /runbooks/crash.md`: the pages that alerts link to. They are the same for everybody, and need no login. */
export function runbooksRoute(): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { page: string } }>("/runbooks/:page", async ({ params: { page } }, reply) => {
      const bytes = /^[a-z_]{1,40}\.md$/.test(page) ? await readSmallFile(join(FOLDER, page), MAX_PAGE) : undefined;
      if (!bytes) return refuse(reply, { status: 404, code: "NOT_FOUND" });
      return reply.type("text/plain; charset=utf-8").send(Buffer.from(bytes));
    });
  };
}
