import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { inspectLicense, type Inspection } from "../licenses/index.ts";
import { formatDate } from "../formatting.ts";
import type { Host } from "./host.ts";
import { describeProtection } from "./describe-protection.ts";
import { fingerprintParts } from "./describe-fingerprint.ts";
import { DEVELOPMENT_NOTE, trustOption, withJson } from "./options.ts";

type Options = { trust?: string; json?: true };

export function addLicenseInspect(group: Command, host: Host): void {
  withJson(group.command("inspect"))
    .description("show the content of a license file; it is verified only with --trust")
    .argument("<file>", "the license file (.uvvlic)")
    .addOption(trustOption().default(undefined, "none: nothing is checked"))
    .action((file: string, options: Options) =>
      host.run(options, async (job) => {
        const inspected = await inspectLicense(file, options.trust);
        if (!inspected.ok) return inspected;
        const { verified, signature, developmentKeys, header, claims } = inspected.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        return ok({ json: { verified, signature, developmentKeys, header, claims }, lines: describe(inspected.value) });
      }),
    );
}

function describe({ signature, header, claims, license }: Inspection): string[] {
  const first = `Signature: ${signature}`;
  // Quoted as JSON: the content of an unchecked file must not send control characters to the terminal.
  if (!license) return [first, JSON.stringify({ header, claims })];
  const { lid, seq, iss, sub, ring, nbf, exp, grace, bind, entitlements, minApp, protection } = license;
  const fingerprints = fingerprintParts(bind);
  return [
    first,
    `License ${seq} (${lid}) of ${iss} for ${sub}, ring ${ring}`,
    `From ${formatDate(nbf)} until ${formatDate(exp)}, then ${grace / 86_400} days of grace`,
    `Bound to: ${bind.mode}, stick ${bind.stick}${bind.mode === "stick" ? "" : `, device ${bind.device}`}`,
    `Fingerprints: stick ${fingerprints.stick.join(", ") || "none"}; computer ${fingerprints.device.join(", ") || "none"}`,
    `Videos: ${entitlements.includes("*") ? "all" : entitlements.join(", ")}; app from ${minApp}`,
    ...(protection ? [`Protection, where the vault asks for less: ${describeProtection(protection)}`] : []),
  ];
}
