import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { bestLanguage } from "../src-shared/languages.ts";
import { App } from "./app/app.tsx";
import { ErrorBoundary } from "./app/error-boundary.tsx";
import { reportError, watchPageErrors } from "./app/report-errors.ts";
import { BridgeProvider, createSnapshotStore } from "./bridge/index.tsx";

// Until the first snapshot brings the language that the user chose.
document.documentElement.lang = bestLanguage(navigator.languages);
const bridge = window.vault;
watchPageErrors(bridge);
const root = document.getElementById("app");
if (root === null) throw new Error("the page has no element for the app");
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary onError={(error) => reportError(bridge, "render", error)}>
      <BridgeProvider bridge={bridge} store={createSnapshotStore(bridge)}>
        <App />
      </BridgeProvider>
    </ErrorBoundary>
  </StrictMode>,
);
