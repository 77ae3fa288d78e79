import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail, type Failure, settle } from "../failure.ts";
import { loadPublisher, type Publisher, publicKeysOf, publishToStick } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import type { Host } from "./host.ts";
import { keysOption, repeatable, withJson } from "./options.ts";

type Options = { keys: string; stick: readonly string[]; json?: true };

/** What became of one stick. */
type Published = { readonly stick: string } & (
  | { readonly written: readonly string[] }
  | { readonly error: Pick<Failure, "code" | "message"> }
);

export function addKeysPublish(group: Command, host: Host): void {
  withJson(group.command("publish"))
    .description("write the key manifest and the revocation list onto sticks; nothing else on them changes")
    .addOption(keysOption())
    .addOption(
      new Option("--stick <folder>", "the folder of the stick; repeatable")
        .argParser(repeatable())
        .makeOptionMandatory(),
    )
    .action((options: Options) =>
      host.run(options, async () => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const sticks: Published[] = [];
        // One that fails does not stop the others.
        for (const stick of options.stick) {
          // Whatever is wrong with this stick, the others are written.
          sticks.push(outcomeOf(stick, await settle(() => publish(publisher.value, stick))));
        }
        const failed = sticks.flatMap((stick) => ("error" in stick ? [stick.error] : []));
        const [first] = failed;
        if (first && sticks.length === 1) return fail(first.code, first.message);
        const lines = sticks.map(describe);
        if (!first) return ok({ json: sticks.length === 1 ? { ...sticks[0], sticks } : { sticks }, lines });
        return fail("STICKS_MISSING", [`${failed.length} of ${sticks.length} sticks failed.`, ...lines].join(" "), {
          sticks,
        });
      }),
    );
}

async function publish(publisher: Publisher, stick: string): Promise<Attempt<readonly string[]>> {
  const opened = await openTrusted(stick, publicKeysOf(publisher));
  return opened.ok ? publishToStick(publisher, stick) : opened;
}

function outcomeOf(stick: string, written: Attempt<readonly string[]>): Published {
  return written.ok ? { stick, written: written.value } : { stick, error: written.error };
}

function describe(stick: Published): string {
  if ("error" in stick) return `${stick.stick}: ${stick.error.code}: ${stick.error.message}`;
  return stick.written.length > 0
    ? `Written to ${stick.stick}: ${stick.written.join(", ")}.`
    : `${stick.stick} already has the newest ones.`;
}
