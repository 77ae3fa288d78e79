export { UpdatesPanel } from "./updates-panel.tsx";
