import type { Command } from "commander";
import { join } from "node:path";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { checkParentTargets, createPublisherKeys, moveParent } from "../keys/index.ts";
import type { Host, Outcome } from "./host.ts";
import { DEVELOPMENT_NOTE, repeatable, withJson } from "./options.ts";
import { chooseNewPassword } from "./passwords.ts";
import { defaultKeyFolder, rememberKeys } from "./remembered-folders.ts";

type Options = { dir: string; dev?: true; password?: true; passwordFile?: string; json?: true };
type InitOptions = Omit<Options, "dir"> & { parentTo: readonly string[] };

const DEV = "create development keys, which a released app refuses";
const PASSWORD = "seal the private keys under a password, which is asked for twice";

/** `vaultctl init`: the first command of a publisher. */
export function addInit(program: Command, host: Host): void {
  withJson(program.command("init"))
    .description("create the publisher's keys, and use them from now on in every command without --keys")
    .argument("[folder]", "the folder for the keys; never on a stick or in a source checkout", defaultKeyFolder())
    .option("--parent-to <folder>", "move the parent key there; repeatable, for a second copy", repeatable(), [])
    .option("--password", PASSWORD)
    .option("--dev", DEV)
    .action((folder: string, { parentTo, ...options }: InitOptions) =>
      host.run(options, async (job) => {
        const free = await checkParentTargets(folder, parentTo);
        if (!free.ok) return free;
        const made = await makeKeys(host, job, { ...options, dir: folder });
        if (!made.ok) return made;
        const parent = parentTo.length > 0 ? await moveParent(folder, parentTo) : ok([]);
        if (!parent.ok) return parent;
        await rememberKeys(folder, process.env);
        const moved = parent.value.map(
          (file) => `Parent key: ${file}. Keep it offline; it can replace all other keys.`,
        );
        const { json, lines } = made.value;
        return ok({
          json: { ...json, parentKeys: parent.value },
          lines: [...(moved.length > 0 ? lines.slice(0, -1) : lines), ...moved, `From now on --keys means ${folder}.`],
        });
      }),
    );
}

export function addKeysInit(group: Command, host: Host): void {
  withJson(group.command("init"))
    .description("create the publisher's keys: one for each role, and the parent key that can replace them")
    .requiredOption("--dir <folder>", "the folder for the keys; never on a stick or in a source checkout")
    .option("--password", PASSWORD)
    .option("--dev", DEV)
    .action((options: Options) => host.run(options, (job) => makeKeys(host, job, options)));
}

async function makeKeys(host: Host, job: Job, options: Options): Promise<Attempt<Outcome>> {
  const { dir, dev, password, passwordFile } = options;
  if (dev && password) return fail("USAGE", "Development keys have no password: leave out --dev or --password.");
  const choose = password ? () => chooseNewPassword(host, passwordFile, dir) : undefined;
  const created = await createPublisherKeys(dir, dev === true, choose);
  if (!created.ok) return created;
  if (dev) job.note(DEVELOPMENT_NOTE);
  else if (!password) job.note(`Note: the keys have no password. Give them one with \`vaultctl keys protect\`.`);
  const { issuer, keys, offline } = created.value;
  const lines = keys.map(({ role, kid, file }) => `${role.padEnd(20)} ${kid}  ${file}`);
  const backup = `Back up ${join(options.dir, "private")} now and keep it secret: without it no vault can be changed.`;
  const apart =
    `Then move ${offline} to two safe places off this computer: its key can replace all others, and is needed only ` +
    "for that.";
  return ok({
    json: { issuer, dir: options.dir, dev: dev === true, password: password === true, keys, offline },
    lines: [...lines, backup, apart],
  });
}
