export { ReportProblem } from "./report-problem.tsx";
export { SurveyDialog } from "./survey-dialog.tsx";
