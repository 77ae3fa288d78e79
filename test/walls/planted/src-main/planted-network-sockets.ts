export const planted = import("node:tls");
