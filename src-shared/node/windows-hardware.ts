import { networkInterfaces } from "node:os";
import { join, win32 } from "node:path";
import {
  type DriveReading,
  type Hardware,
  isNetworkPath,
  parseMachineGuid,
  parsePartition,
  partitionScript,
  permanentAddresses,
  UNKNOWN_DRIVE,
  volumeOfDevice,
} from "../hardware/index.ts";
import { deviceOf } from "./mount-points.ts";
import { runProgram } from "./run-program.ts";

const REG_TIMEOUT_MS = 3_000;
const POWERSHELL_TIMEOUT_MS = 15_000;

const MACHINE_GUID = ["query", String.raw`HKLM\SOFTWARE\Microsoft\Cryptography`, "/v", "MachineGuid", "/reg:64"];

/** Volume numbers come from stat; the registry is read once; PowerShell runs in parallel (it may be blocked). */
export function createWindowsHardware(): Hardware {
  const systemRoot = process.env["SystemRoot"] ?? String.raw`C:\Windows`;
  // By their full paths: Windows searches the current folder for programs first.
  const inSystem = (...names: string[]) => join(systemRoot, "System32", ...names);

  async function wholeDrive(root: string): Promise<DriveReading> {
    const volume = await volumeOf(root);
    const drive = win32.parse(root).root;
    if (isNetworkPath(drive)) return { ...UNKNOWN_DRIVE, volume, usb: false };
    const script = partitionScript(drive);
    const args = ["-NoProfile", "-NonInteractive", "-Command", script ?? ""];
    const powershell = inSystem("WindowsPowerShell", "v1.0", "powershell.exe");
    const text = script && (await runProgram(powershell, args, POWERSHELL_TIMEOUT_MS));
    const reading = (text && parsePartition(text, volume)) || { ...UNKNOWN_DRIVE, volume };
    // A vault in a folder is a copy, even if the folder is on a stick.
    return root.length <= drive.length ? reading : { ...reading, removable: false };
  }

  return {
    async device() {
      const guid = runProgram(inSystem("reg.exe"), MACHINE_GUID, REG_TIMEOUT_MS);
      const [text, disk] = await Promise.all([guid, volumeOf(systemRoot)]);
      const addresses = Object.values(networkInterfaces()).flatMap((cards) => (cards ?? []).map(({ mac }) => mac));
      return { os: text === undefined ? undefined : parseMachineGuid(text), disk, net: permanentAddresses(addresses) };
    },
    drive: (root) => ({
      quick: volumeOf(root).then((volume) => ({ ...UNKNOWN_DRIVE, volume })),
      whole: wholeDrive(root),
    }),
    plug: async (root) => `${(await deviceOf(root)) ?? ""}`,
  };
}

async function volumeOf(path: string): Promise<string | undefined> {
  const device = await deviceOf(path);
  return device === undefined ? undefined : volumeOfDevice(device);
}
