import { parseServerConfiguration } from "../../src-ops/cli/server-arguments.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";
import { parsePolicy } from "../../src-ops/gates/policy.ts";
import { parseSigners } from "../../src-ops/feed/signers.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";

const asJson = (value: object) => [utf8(JSON.stringify(value))];

/** Parsers of files that vaultctl writes and people may edit. */
export const EDITED_FILE_TARGETS = [
  {
    name: "policy",
    run: parsePolicy,
    seeds: [readFileSync(join(projectRoot, "src-ops", "gates", "ring-policy.json"))],
  },
  {
    name: "server-configuration",
    run: parseServerConfiguration,
    seeds: asJson({ port: 8787, data: "/srv/rings", "halt-keys": ["/srv/keys"] }),
  },
  {
    name: "signers",
    run: parseSigners,
    seeds: asJson({ v: 1, signers: [{ name: "ann", keys: [{ keyid: "0".repeat(64), role: "ga" }] }] }),
  },
];
