export type {
  Block,
  Comment,
  ConfigFile,
  Directive,
  Item,
  Position,
  Quote,
  RawBlock,
  SyntaxProblem,
  Word,
} from "./ast.ts";
export { Branches } from "./branches.ts";
export { parse } from "./parse.ts";
export { isFilledIn } from "./placeholders.ts";
export { print } from "./print.ts";
