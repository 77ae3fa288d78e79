import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { limitedLicenses } from "../licenses/index.ts";
import { courseIn } from "../packing/index.ts";
import { type StickState, syncSticks } from "../records/index.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host, Outcome } from "./host.ts";
import { keysOption, masterOption, repeatable, textLike, withJson } from "./options.ts";

type Options = {
  keys: string;
  master: string;
  add?: string[];
  retire: readonly string[];
  stick?: string[];
  trial: boolean;
  json?: true;
};

const VIDEO_ID = textLike(/^[a-z2-7]{26}$/, "the id of a video, as `ls` shows it");

export function addStickSync(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("sync"))
    .description("change the videos of a master, and bring every stick that is plugged in to its content")
    .addOption(keysOption())
    .addOption(masterOption("a stick or a folder with the vault; it is changed first"))
    .option("--add <file...>", "films, or folders of them, to add")
    .option("--retire <id>", "the id of a video to take off; repeatable", repeatable(VIDEO_ID), [])
    .option("--stick <stick...>", "only these sticks: their folders, or their names in `stick list`")
    .option("--no-trial", "do not play each film in the app's own Electron first")
    .action((options: Options) =>
      host.run(options, async (job) => {
        const { keys, master, retire, stick: sticks = [], trial } = options;
        const add = await courseIn(options.add ?? []);
        if (!add.ok) return add;
        const { mounted = async () => [] } = context;
        const order = {
          keys,
          master,
          add: add.value,
          retire,
          sticks,
          mounted,
          ...(trial ? { electron: context.electron } : {}),
        };
        const synced = await syncSticks(order, job, context.now());
        if (!synced.ok) return synced;
        const limited = await limitedLicenses(keys, synced.value.vaultId, context.now());
        return limited.ok ? describe(job, synced.value, add.value.films.length > 0 ? limited.value : []) : limited;
      }),
    );
}

type Synced = Extract<Awaited<ReturnType<typeof syncSticks>>, { ok: true }>["value"];

function describe(job: Job, { titles, sticks }: Synced, limited: readonly string[]): Attempt<Outcome> {
  const views = sticks.map(viewOf);
  const lines = [...views.map(lineOf), `${titles} videos on the master. Licenses stay valid.`];
  if (limited.length > 0) {
    lines.push(
      `Licenses for certain videos do not include a new one: ${limited.join(", ")} (renew --entitle, --all-videos).`,
    );
  }
  const json = { titles, sticks: views, limited };
  const failed = views.filter(({ state }) => state === "failed").length;
  if (failed === 0) return ok({ json, lines });
  for (const line of lines) job.note(line);
  const message = `${failed} of ${views.length} sticks are not up to date: run the same command again for them.`;
  return fail("STICKS_MISSING", message, json);
}

function viewOf(stick: StickState) {
  const { state, name = null, root = null } = stick;
  const titles = "added" in stick ? { added: stick.added, removed: stick.removed } : { added: [], removed: [] };
  const error = stick.state === "failed" ? { code: stick.error.code, message: stick.error.message } : null;
  return { name, root, state, ...titles, error };
}

function lineOf({ name, root, state, added, removed, error }: ReturnType<typeof viewOf>): string {
  const place = root ?? (state === "behind" ? "not plugged in: run the command again with it" : "not plugged in");
  const titles = [...added.map((title) => `+ ${title}`), ...removed.map((title) => `- ${title}`)].join(", ");
  return `${(name ?? "-").padEnd(5)}  ${state.padEnd(7)}  ${place}  ${error ? `${error.code}: ${error.message}` : titles}`.trimEnd();
}
