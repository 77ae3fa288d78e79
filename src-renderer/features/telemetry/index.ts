export { ConsentDialog } from "./consent-dialog.tsx";
export { HealthPanel } from "./health-panel.tsx";
export { PrivacyPanel } from "./privacy-panel.tsx";
