export { ConsentDialog } from "./consent-dialog.tsx";
export { PrivacyPanel } from "./privacy-panel.tsx";
