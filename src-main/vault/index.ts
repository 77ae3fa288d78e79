export { type MountedRoots, mountedRootsOf, removableMounts } from "./mounted-roots.ts";
export { type VaultWatch, watchVaults } from "./vault-watch.ts";
