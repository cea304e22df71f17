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
export { parse } from "./parse.ts";
export { print } from "./print.ts";
