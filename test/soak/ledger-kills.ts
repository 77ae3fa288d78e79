// `npm run soak:ledger`: kills the ledger at every step of a write, on real files and a real gnome-keyring, and checks
// after each start that no counter went down, no valid license was lost, and no kill resulted in STATE_LOST.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runOnPrivateDesktop } from "../../build/desktop.ts";
import { FIRST_POINTS, LATER_POINTS } from "./kill-points.ts";
import { newLedgerComputer, type LedgerComputer } from "./ledger-computer.ts";

const { values } = parseArgs({
  options: {
    repeat: { type: "string", default: "16" },
    random: { type: "string", default: "250" },
    inside: { type: "boolean" },
  },
});

if (values.inside) await soak(Number(values.repeat), Number(values.random));
else process.exitCode = await runOnPrivateDesktop([process.execPath, ...process.argv.slice(1), "--inside"]);

async function soak(repeat: number, random: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-soak-"));
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const started = performance.now();
  let computers = 0;
  const begin = (large: boolean): LedgerComputer =>
    newLedgerComputer(join(folder, String(++computers)), `usb-video-vault-soak-${process.pid}-${computers}`, large);
  try {
    // Its keychain never has everything: the file must always fit to it.
    const computer = begin(true);
    await computer.run();
    for (let i = 0; i < repeat; i++) {
      for (const point of LATER_POINTS) {
        await computer.runUntil(point);
        count(`later: ${point}`);
      }
    }
    for (let i = 0; i < repeat; i++) {
      for (const point of FIRST_POINTS) {
        const first = begin(false);
        await first.runUntil(point);
        count(`first: ${point}`);
        await first.run();
        first.forget();
      }
    }
    for (let i = 0; i < random; i++) {
      await computer.runAndKillAfter(Math.random() * 25);
      count("random moment");
    }
    await computer.run();
    report(counts, computer, performance.now() - started);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(counts: ReadonlyMap<string, number>, computer: LedgerComputer, elapsedMs: number): void {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  for (const [name, n] of counts) process.stdout.write(`${String(n).padStart(5)}  ${name}\n`);
  process.stdout.write(
    `${String(total).padStart(5)}  kills in ${Math.round(elapsedMs / 1000)} s; ` +
      `${computer.repairs()} repairs; ${computer.lockedStarts()} starts in which the keychain answered too late; licenses at ${JSON.stringify(computer.kept())}; ` +
      `no counter went down, no valid license was lost, no state was lost\n`,
  );
}
