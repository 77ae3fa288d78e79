export { CopyDiagnostics } from "./copy-diagnostics.tsx";
