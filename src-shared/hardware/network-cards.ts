import { MAX_NETWORK_CARDS } from "../license/index.ts";

// Makers of virtual cards (IEEE registry): VMware, Xen, Hyper-V, VirtualBox, Parallels.
const VIRTUAL = ["00:05:69", "00:0c:29", "00:1c:14", "00:50:56", "00:16:3e", "00:15:5d", "08:00:27", "00:1c:42"];

/**
 * The addresses among these that a manufacturer assigned to a card: no group address, none assigned by software (the
 * two lowest bits of the first byte), none of a virtual machine. Each once, sorted.
 */
export function permanentAddresses(addresses: readonly string[]): string[] {
  const permanent = addresses.map((address) => address.trim().toLowerCase().replaceAll("-", ":")).filter(isPermanent);
  return [...new Set(permanent)].toSorted().slice(0, MAX_NETWORK_CARDS);
}

function isPermanent(address: string): boolean {
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(address) || /^(?:00:){5}00$/.test(address)) return false;
  return (Number.parseInt(address, 16) & 3) === 0 && !VIRTUAL.some((maker) => address.startsWith(maker));
}
