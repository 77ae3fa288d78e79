#!/usr/bin/env node
// The program that the package installs. Older versions of Node cannot parse the command line itself, so this file asks
// first and uses nothing that they do not know.
const NEEDED = 24;

const [major] = process.versions.node.split(".");
if (Number(major) < NEEDED) {
  process.stderr.write(
    `NODE_TOO_OLD: vaultctl needs Node ${NEEDED} or newer, and this is ${process.versions.node}: install a newer Node, then try again.\n`,
  );
  process.exitCode = 1;
} else {
  await import("../src-ops/cli/main.js");
}
