export {
  type Answer,
  type Assumed,
  answerChecklist,
  type ChecklistOptions,
  type Status,
  UnknownServerError,
} from "./answer.ts";
export {
  ASSUMED_STATUSES,
  type AssumedStatus,
  CHECKLIST_ITEMS,
  type ChecklistItem,
  isLeftOpen,
  mayBeLeftOpen,
} from "./items.ts";
export { joinAnswers } from "./join.ts";
