export { createHost, type Host, type Job, type Outcome } from "./host.ts";
export { formatBytes, formatDate, formatDuration } from "./wording.ts";
export { type Progress, type ProgressStep } from "./progress.ts";
