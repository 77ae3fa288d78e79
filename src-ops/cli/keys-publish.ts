import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { loadPublisher, publicKeysOf, publishToStick } from "../keys/index.ts";
import type { Host } from "./host.ts";
import { openTrusted } from "../packing/index.ts";
import { keysOption, stickOption, withJson } from "./options.ts";

type Options = { keys: string; stick: string; json?: true };

export function addKeysPublish(group: Command, host: Host): void {
  withJson(group.command("publish"))
    .description("write the key manifest and the revocation list onto a stick; nothing else on it changes")
    .addOption(keysOption())
    .addOption(stickOption())
    .action((options: Options) =>
      host.run(options, async () => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const opened = await openTrusted(options.stick, publicKeysOf(publisher.value));
        if (!opened.ok) return opened;
        const written = await publishToStick(publisher.value, options.stick);
        if (!written.ok) return written;
        const names = written.value;
        const lines =
          names.length > 0
            ? `Written to ${options.stick}: ${names.join(", ")}.`
            : "The stick already has the newest ones.";
        return ok({ json: { stick: options.stick, written: names }, lines: [lines] });
      }),
    );
}
