export { LicenseScreen } from "./license-screen.tsx";
