export { readRevocations, revocationsPath, signNextList } from "./revocation-list.ts";
export { revoke, type Revoked, type RevocationOrder } from "./revoke.ts";
