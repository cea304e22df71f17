/** Directives of a template of which one may be written without the other. */
import type { Statement } from "../tree.ts";

/** Conditions of a template may keep the two from standing in one file. */
export function areAlternatives(first: Statement, second: Statement): boolean {
  const { file } = first;
  return file === second.file && file.branches.areApart(first.directive.start, second.directive.start);
}
