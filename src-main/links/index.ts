export { type Incoming, incomingOf } from "./incoming.ts";
export { createLicenseOffers, type LicenseOffers } from "./license-offers.ts";
export { listenToSystemLinks } from "./system-links.ts";
