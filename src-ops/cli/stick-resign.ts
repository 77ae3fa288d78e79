import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { type Resigned, resignStick } from "../packing/index.ts";
import type { Host, Outcome } from "./host.ts";
import type { Job } from "../job.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, keysOption, stickOption, LICENSE_NUMBER, withJson } from "./options.ts";
import { withRecord } from "./record-stick.ts";

type Options = { keys: string; stick: string; json?: true };
type FloorOptions = Options & { minSeq: number };

export function addStickResign(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("resign"))
    .description("sign a stick's content again with the current key")
    .addOption(stickOption())
    .addOption(keysOption())
    .action((options: Options) =>
      host.run(options, async (job) => {
        const resigned = describeResigned(job, await resignStick(options, context.now()));
        return withRecord(job, resigned, options, context.now());
      }),
    );
  withJson(group.command("floor"))
    .description("refuse older licenses on this stick wherever a passphrase is required; the floor cannot be lowered")
    .addOption(stickOption())
    .addOption(keysOption())
    .requiredOption("--min-seq <n>", "the lowest license number that can still open it", LICENSE_NUMBER)
    .action((options: FloorOptions) =>
      host.run(options, async (job) => {
        const resigned = describeResigned(job, await resignStick(options, context.now()));
        return withRecord(job, resigned, options, context.now());
      }),
    );
}

function describeResigned(job: Job, resigned: Attempt<Resigned>): Attempt<Outcome> {
  if (!resigned.ok) return resigned;
  const { session, gen, minSeq, refused } = resigned.value;
  const { vaultId, stickId, label, signer } = session;
  if (signer.dev) job.note(DEVELOPMENT_NOTE);
  return ok({
    json: { vaultId, stickId, label, gen, minSeq, kid: signer.kid, refused, developmentKeys: signer.dev },
    lines: [
      `${label}: generation ${gen} of stick ${stickId}, signed by ${signer.kid}, licenses from number ${minSeq}.`,
      ...refused.map(
        ({ seq, lid, sub }) => `No longer accepted with its passphrase: license ${seq} (${lid}) of ${sub}`,
      ),
    ],
  });
}
