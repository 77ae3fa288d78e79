export { PackDialog } from "./pack-dialog.tsx";
export { usePackIntake } from "./use-pack-intake.ts";
