import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { createPublisherKeys } from "../keys/index.ts";
import type { Host } from "./host.ts";
import { DEVELOPMENT_NOTE, withJson } from "./options.ts";

type Options = { dir: string; dev?: true; json?: true };

export function addKeysInit(group: Command, host: Host): void {
  withJson(group.command("init"))
    .description("create the publisher's keys: one for each role, and the parent key that can replace them")
    .requiredOption("--dir <folder>", "the folder for the keys; never on a stick")
    .option("--dev", "create development keys, which a released app refuses")
    .action((options: Options) =>
      host.run(options, async (job) => {
        const created = await createPublisherKeys(options.dir, options.dev === true);
        if (!created.ok) return created;
        if (options.dev) job.note(DEVELOPMENT_NOTE);
        const { issuer, keys, offline } = created.value;
        const lines = keys.map(({ role, kid, file }) => `${role.padEnd(16)} ${kid}  ${file}`);
        const backup = `Back up ${options.dir}/private now and keep it secret: without it no vault can be changed.`;
        const apart =
          `Then move ${offline} to two safe places off this computer: its key can replace all others, and is needed only ` +
          "for that.";
        return ok({
          json: { issuer, dir: options.dir, dev: options.dev === true, keys, offline },
          lines: [...lines, backup, apart],
        });
      }),
    );
}
