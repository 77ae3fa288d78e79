import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");
const NOTICES = "virtual:third-party-notices";

/** The packages that the app's window is built from, in addition to the `dependencies` of package.json. */
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

/** Name, version and license text of every shipped package, including indirect dependencies. */
function thirdPartyNotices(): { name: string; version: string; license: string; text: string }[] {
  const found = new Map<string, { name: string; version: string; license: string; text: string }>();
  const visit = (name: string): void => {
    const folder = join(ROOT, "node_modules", name);
    // Packages of types are not in the built app.
    if (name.startsWith("@types/") || found.has(name) || !existsSync(join(folder, "package.json"))) return;
    const { version, license = "", dependencies = {} } = readPackage(folder);
    found.set(name, { name, version, license, text: licenseText(folder) });
    // Electron's dependencies only download Electron; they are not shipped.
    if (name !== "electron") Object.keys(dependencies).forEach(visit);
  };
  [...Object.keys(readPackage(ROOT).dependencies ?? {}), ...BUNDLED].forEach(visit);
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Serves the third-party licenses as a separate module, loaded only when the user opens the list. */
export function noticesPlugin(): Plugin {
  return {
    name: "third-party-notices",
    resolveId: (id) => (id === NOTICES ? `\0${NOTICES}` : undefined),
    load: (id) =>
      id === `\0${NOTICES}` ? `export const notices = ${JSON.stringify(thirdPartyNotices())};` : undefined,
  };
}

/** What the app's window and the test harness share: separate files, nothing inlined (because of the page's CSP). */
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
