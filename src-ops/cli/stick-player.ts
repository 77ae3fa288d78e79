import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatBytes } from "../formatting.ts";
import { findApp, putApp } from "../packing/index.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { DEVELOPMENT_NOTE, keysOption, stickOption, withJson } from "./options.ts";

type Options = { keys: string; stick: string; from: string; json?: true };

export function addStickPlayer(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("player"))
    .description("put the app's packages on a stick, with a signed list, for viewers who have no network")
    .addOption(keysOption())
    .addOption(stickOption())
    .requiredOption("--from <folder>", "the folder with the packages of one version, as `npm run dist` makes it")
    .action((options: Options) =>
      host.run(options, async (job) => {
        const app = await findApp(options.from, job.signal);
        if (!app.ok) return app;
        const put = await putApp({ ...options, app: app.value }, job, context.now());
        if (!put.ok) return put;
        const { version, files, written, developmentKeys } = put.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const lines = files.map(
          ({ name, size }) => `${name}  ${formatBytes(size)}  ${written.includes(name) ? "written" : "was there"}`,
        );
        return ok({ json: put.value, lines: [`App ${version} is on ${options.stick}:`, ...lines] });
      }),
    );
}
