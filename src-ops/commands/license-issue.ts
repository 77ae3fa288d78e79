import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { issueLicense } from "../licensing/index.ts";
import { formatDate, type Host } from "../terminal/index.ts";
import type { World } from "./command-line.ts";
import { DEVELOPMENT_NOTE, keysOption, stickOption, textLike, wholeNumber, withJson } from "./options.ts";

type Options = {
  keys: string;
  stick: string;
  for: string;
  request?: string;
  passphraseFile?: string;
  days: number;
  graceDays: number;
  ring: Ring;
  entitle: string[];
  minApp: string;
  out: string;
  json?: true;
};

// As many as a license may name.
const MAX_ENTITLEMENTS = 200;
const CUSTOMER = textLike(/^[A-Za-z0-9._-]{1,64}$/, "1 to 64 of the characters A-Z a-z 0-9 . _ -");
const VERSION = textLike(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, "a version like 1.2.3");

export function addLicenseIssue(group: Command, host: Host, world: World): void {
  withJson(group.command("issue"))
    .description("issue a license for one stick, and enter it in the register")
    .addOption(keysOption())
    .addOption(stickOption())
    .requiredOption("--for <customer-number>", "the customer's number; no name", CUSTOMER)
    .option("--request <file>", "bind it to the computer that sent this request (.uvvreq)")
    .option("--passphrase-file <file>", "make a passphrase and write it here; opens the stick on any computer")
    .requiredOption("--days <n>", "how long it is valid", wholeNumber(1, 36_500))
    .option("--grace-days <n>", "how long it still plays after that", wholeNumber(0, 366), 0)
    .addOption(new Option("--ring <ring>", "which releases of the app it follows").choices(RINGS).default("ga"))
    .option("--entitle <id...>", "video ids it is for (default: all)", [])
    .option("--min-app <version>", "the oldest app that accepts it", VERSION, "0.0.0")
    .requiredOption("--out <file>", "the license file; in VAULT/licenses on the stick the app finds it by itself")
    .action((options: Options) =>
      host.run(options, async (job) => {
        if (options.request === undefined && options.passphraseFile === undefined) {
          return fail("USAGE", "Name --request or --passphrase-file, or both. See --help.");
        }
        if (options.entitle.length > MAX_ENTITLEMENTS) {
          return fail(
            "USAGE",
            `--entitle takes at most ${MAX_ENTITLEMENTS} ids; without it the license is for all videos.`,
          );
        }
        const order = { ...options, customer: options.for, requestFile: options.request };
        const issued = await issueLicense(order, world.now());
        if (!issued.ok) return issued;
        const { claims, sha256, developmentKeys } = issued.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const { lid, seq, sub, ring, nbf, exp, grace, bind, entitlements } = claims;
        const { out, passphraseFile = null } = options;
        return ok({
          json: {
            lid,
            seq,
            sub,
            ring,
            nbf,
            exp,
            grace,
            entitlements,
            bind,
            out,
            passphraseFile,
            sha256,
            developmentKeys,
          },
          words: [
            `License ${seq} (${lid}) for ${sub}, ring ${ring}, until ${formatDate(exp)}: ${out}`,
            ...(passphraseFile === null
              ? []
              : [`Passphrase: ${passphraseFile} (send it by another way than the license)`]),
          ],
        });
      }),
    );
}
