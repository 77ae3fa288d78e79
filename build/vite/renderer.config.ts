import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");
const NOTICES = "virtual:third-party-notices";

/** What the app's window is built from, besides the `dependencies` of package.json. */
const BUNDLED = [
  "react",
  "react-dom",
  "react-aria-components",
  "media-chrome",
  "lucide-react",
  "@tanstack/react-virtual",
  "@fontsource-variable/inter",
  "uqr",
  "electron",
];

type Package = { version: string; license?: string; dependencies?: Record<string, string> };

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
}

function licenseText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
  return file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
}

/** Name, version and license text of everything that is shipped, dependencies of dependencies included. */
function thirdPartyNotices(): { name: string; version: string; license: string; text: string }[] {
  const found = new Map<string, { name: string; version: string; license: string; text: string }>();
  const visit = (name: string): void => {
    const folder = join(ROOT, "node_modules", name);
    // Types are gone once the app is built.
    if (name.startsWith("@types/") || found.has(name) || !existsSync(join(folder, "package.json"))) return;
    const { version, license = "", dependencies = {} } = readPackage(folder);
    found.set(name, { name, version, license, text: licenseText(folder) });
    // Electron's own dependencies download it, they are not shipped.
    if (name !== "electron") Object.keys(dependencies).forEach(visit);
  };
  [...Object.keys(readPackage(ROOT).dependencies ?? {}), ...BUNDLED].forEach(visit);
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Serves the licenses of others as a module of its own, loaded only when someone opens the list. */
export function noticesPlugin(): Plugin {
  return {
    name: "third-party-notices",
    resolveId: (id) => (id === NOTICES ? `\0${NOTICES}` : undefined),
    load: (id) =>
      id === `\0${NOTICES}` ? `export const notices = ${JSON.stringify(thirdPartyNotices())};` : undefined,
  };
}

/** What the app's window and the test harness share: plain files beside the page, nothing inlined (the page's CSP). */
export const rendererBuild: UserConfig = {
  base: "./",
  plugins: [react(), noticesPlugin()],
  build: {
    target: "chrome140",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    chunkSizeWarningLimit: 1000,
  },
  clearScreen: false,
};

const config: UserConfig = {
  ...rendererBuild,
  root: join(ROOT, "src-renderer"),
  build: { ...rendererBuild.build, outDir: join(ROOT, "out/renderer") },
};
// oxlint-disable-next-line import/no-default-export -- what vite reads
export default config;
