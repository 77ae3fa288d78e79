import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatDate } from "../formatting.ts";
import { type Traced, traceWatermark } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import { keysOption, withJson } from "./options.ts";

type Options = { keys: string; json?: true };

export function addLicenseTrace(group: Command, host: Host): void {
  withJson(group.command("trace"))
    .description("find the license whose watermark is on a picture")
    .argument("<text...>", "what can be read of it, with ? for letters that cannot, such as: C-0042 3rm6?wze")
    .addOption(keysOption())
    .action((text: string[], options: Options) =>
      host.run(options, async () => {
        const traced = await traceWatermark(options.keys, text.join(" "));
        return traced.ok ? ok({ json: { licenses: traced.value }, lines: traced.value.map(lineOf) }) : traced;
      }),
    );
}

const FITS = {
  both: "its id and its customer's number fit",
  license: "only its id fits",
  customer: "only its customer's number fits",
};

function lineOf({ lid, sub, exp, revoked, fits: [first, second] }: Traced): string {
  const fit = second ? FITS.both : FITS[first ?? "customer"];
  return `${sub}: license ${lid}, until ${formatDate(exp)}${revoked ? ", revoked" : ""}; ${fit}`;
}
