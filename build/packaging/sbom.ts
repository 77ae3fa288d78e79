import { execFileSync } from "node:child_process";
import { projectRoot } from "../electron-runtime.ts";

type Component = { readonly name: string; readonly "bom-ref": string; readonly scope?: string };
type Dependency = { readonly ref: string; readonly dependsOn?: readonly string[] };
type Bom = { components: Component[]; dependencies: Dependency[] };

/**
 * The bill of materials (CycloneDX, JSON) of what is in the packages: of all that npm installed, the packages that went
 * into the app, and Electron.
 *
 * @param shipped names of the packages, as in `node_modules`
 */
export function composeSbom(shipped: ReadonlySet<string>, electronVersion: string): string {
  const npm = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--include", "dev"];
  const bom = JSON.parse(
    execFileSync("npm", npm, {
      cwd: projectRoot,
      encoding: "utf8",
      maxBuffer: 64 << 20,
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as Bom;
  const components = bom.components
    .filter(({ name }) => shipped.has(name))
    .map(({ scope: _scope, ...component }) => component);
  const missing = [...shipped].filter((name) => !components.some((component) => component.name === name));
  if (missing.length > 0) throw new Error(`npm knows nothing of ${missing.join(", ")}`);
  const refs = new Set(components.map((component) => component["bom-ref"]));
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  const electron = {
    type: "framework",
    name: "electron",
    version: electronVersion,
    purl: `pkg:npm/electron@${electronVersion}`,
  };
  return `${JSON.stringify({ ...bom, components: [...components, electron], dependencies }, null, 2)}\n`;
}
