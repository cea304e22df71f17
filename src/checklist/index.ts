export {
  type Answer,
  answerChecklist,
  type ChecklistOptions,
  type Status,
  UnknownServerError,
} from "./answer.ts";
export { CHECKLIST_ITEMS, type ChecklistItem } from "./items.ts";
