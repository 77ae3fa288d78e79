import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The Electron that the bootstrap found. `fallback` serves development and tests only. */
export type ElectronRuntime = {
  readonly executable: string;
  readonly version: string;
  readonly origin: "official" | "fallback";
};

export const projectRoot = join(import.meta.dirname, "..");

export function readElectronRuntime(): ElectronRuntime {
  return JSON.parse(readFileSync(join(projectRoot, ".cache", "electron.json"), "utf8")) as ElectronRuntime;
}

/** Throws for anything but the official Electron: releases are never built with a repackaged one. */
export function refuseFallback({ origin, version }: ElectronRuntime): void {
  if (origin !== "official")
    throw new Error(`Electron ${version} is the fallback: a release needs the official Electron`);
}

/** Chromium has no sandbox for root, and Xvfb has no GPU. The launchers pass these switches; the app never does. */
export function launcherSwitches(): string[] {
  const asRoot = process.platform === "linux" && process.getuid?.() === 0;
  return [...(asRoot ? ["--no-sandbox"] : []), ...(process.env["DISPLAY"] ? [] : ["--disable-gpu"])];
}
