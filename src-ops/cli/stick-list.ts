import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatDate } from "../formatting.ts";
import { loadPublisher } from "../keys/index.ts";
import { listSticks } from "../records/index.ts";
import type { Host } from "./host.ts";
import { keysOption, withJson } from "./options.ts";

type Options = { keys: string; json?: true };

export function addStickList(group: Command, host: Host): void {
  withJson(group.command("list"))
    .description("show every stick that was made with these keys")
    .addOption(keysOption())
    .action((options: Options) =>
      host.run(options, async () => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const listed = await listSticks(publisher.value);
        if (!listed.ok) return listed;
        const sticks = listed.value.map((stick) => {
          const { name, stickId, vaultId, label, generation, at } = stick;
          const successor = listed.value.find(({ replaces }) => replaces === stickId);
          return { name, stickId, vaultId, label, generation, at, replacedBy: successor?.name ?? null };
        });
        const lines = sticks.map(
          ({ name, stickId, label, generation, at, replacedBy }) =>
            `${name.padEnd(5)}  ${stickId}  generation ${generation}  ${formatDate(at)}  ${label}${replacedBy === null ? "" : ` (replaced by ${replacedBy})`}`,
        );
        return ok({ json: { sticks }, lines: lines.length > 0 ? lines : ["No sticks."] });
      }),
    );
}
