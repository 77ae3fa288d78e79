export { newParent } from "./new-parent.ts";
export { retireKeys, type Retired } from "./retire-keys.ts";
export { rotateKey, type RotatedKeys, type RotatedRole } from "./rotate-key.ts";
