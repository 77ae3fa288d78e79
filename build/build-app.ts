import { rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, type InlineConfig } from "vite";
import { type ElectronRuntime, readElectronRuntime, refuseFallback } from "./electron-runtime.ts";
import { refuseUnsupported } from "./electron-support.ts";
import { readPublisherProfile } from "./publisher-profile.ts";

const root = join(import.meta.dirname, "..");
// Not bundled: keytar is native, tweetnacl finds its random source by `require`.
const PACKED_WHOLE = ["keytar", "tweetnacl"];
const external = ["electron", ...PACKED_WHOLE, /^node:/, ...builtinModules];

export type AppBuild = {
  /** Folder of the publisher's public keys; by default the keys of the demo. */
  readonly profile?: string;
  /** Whether the development options are left out. */
  readonly release?: boolean;
};

/**
 * Builds the app into `out/`: the main process and its worker, the preload script, the pages. A release is refused with
 * any but the official Electron, in a version that still gets security fixes.
 *
 * @returns names of the third-party packages that are part of it
 */
export async function buildApp(options: AppBuild = {}): Promise<ReadonlySet<string>> {
  if (options.release) refuseForRelease(readElectronRuntime());
  rmSync(join(root, "out"), { recursive: true, force: true });
  const programs = await buildPrograms("out", options);
  const pages = await build({ configFile: join(root, "build/vite/renderer.config.ts"), logLevel: "warn" });
  return new Set([...PACKED_WHOLE, ...[...programs, pages].flatMap(packagesIn)]);
}

function refuseForRelease(runtime: ElectronRuntime): void {
  refuseFallback(runtime);
  refuseUnsupported(runtime.version, new Date().toISOString().slice(0, 10));
}

/** Builds what runs in Node: `<outFolder>/main` and `<outFolder>/preload`. */
export async function buildPrograms(
  outFolder: string,
  { profile = join(root, ".local", "demo", "keys", "public"), release = false }: AppBuild,
): Promise<Built[]> {
  const define = {
    BUILD_RELEASE: JSON.stringify(release),
    BUILD_PROFILE: JSON.stringify(readPublisherProfile(profile, release)),
  };
  const main = await build(
    nodeBuild(join(outFolder, "main"), define, {
      entry: {
        main: join(root, "src-main/main.ts"),
        "media-worker": join(root, "src-main/playback/media-worker.ts"),
        "stick-worker": join(root, "src-main/vault/stick-worker.ts"),
      },
      formats: ["es"],
      fileName: (_format, name) => `${name}.js`,
    }),
  );
  const preload = await build(
    nodeBuild(join(outFolder, "preload"), define, {
      entry: { preload: join(root, "src-main/preload/preload.ts") },
      formats: ["cjs"],
      fileName: (_format, name) => `${name}.cjs`,
    }),
  );
  return [main, preload];
}

type Built = Awaited<ReturnType<typeof build>>;

function packagesIn(built: Built): string[] {
  const outputs = Array.isArray(built) ? built : [built];
  const modules = outputs.flatMap((one) => ("output" in one ? one.output : [])).flatMap(modulesOf);
  return modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/?]+)/.exec(id)?.[1] ?? []);
}

type OutputFile = {
  readonly type: string;
  readonly moduleIds?: readonly string[];
  readonly originalFileNames?: readonly string[];
};

function modulesOf({ type, moduleIds = [], originalFileNames = [] }: OutputFile): readonly string[] {
  return type === "chunk" ? moduleIds : originalFileNames;
}

/**
 * Bundles one program of the tests or the bench for Electron's main process, as `<outFolder>/<name>.js` for each entry.
 */
export async function bundleForElectron(entry: Record<string, string>, outFolder: string): Promise<void> {
  await build(nodeBuild(outFolder, {}, { entry, formats: ["es"], fileName: (_format, name) => `${name}.js` }));
}

function nodeBuild(
  outFolder: string,
  define: Record<string, string>,
  lib: NonNullable<NonNullable<InlineConfig["build"]>["lib"]>,
): InlineConfig {
  return {
    configFile: false,
    root,
    define,
    logLevel: "warn",
    publicDir: false,
    // For packages that have a Node build and a browser build: the Node build.
    resolve: { mainFields: ["module", "main"], conditions: ["node", "import", "default"] },
    build: {
      outDir: resolve(root, outFolder),
      emptyOutDir: true,
      lib,
      target: "node24",
      minify: false,
      sourcemap: true,
      // No module is kept for its side effects alone: the preload script must not carry a package that it never calls.
      rollupOptions: {
        platform: "node",
        external,
        treeshake: { moduleSideEffects: false },
        output: { chunkFileNames: "[name].js" },
      },
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { profile: { type: "string" }, release: { type: "boolean" } } });
  await buildApp({
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    ...(values.release === undefined ? {} : { release: values.release }),
  });
}
