export {
  type Block,
  type Comment,
  type ConfigFile,
  type Directive,
  type Item,
  isCut,
  type Position,
  type Quote,
  type RawBlock,
  type SyntaxProblem,
  type Word,
} from "./ast.ts";
export { Branches, type Reading, readingsOf } from "./branches.ts";
export { extentOf } from "./extent.ts";
export { parse } from "./parse.ts";
export { isFilledIn, knownStart, maskTags, mayBeSeveral, piecesOf, TAG_MASK } from "./placeholders.ts";
export { print } from "./print.ts";
export { reparse } from "./reparse.ts";
export { changeBetween, moved, type TextChange } from "./text-change.ts";
