export {
  ProblemReport,
  Diagnostics,
  MAX_DIAGNOSTICS,
  MAX_LINE,
  MAX_TEXT,
  NOT_NOW,
  type Occasion,
  OCCASIONS,
  Opinion,
  Ticket,
  ticketOf,
  tidied,
} from "./answers.ts";
export {
  afterAsking,
  afterSession,
  decideSurvey,
  GOOD_SESSIONS,
  isGoodSession,
  memoryFor,
  SurveyMemory,
  type SurveySurroundings,
} from "./decide-survey.ts";
