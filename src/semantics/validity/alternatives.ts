/** Directives of a template of which only one is written into the file that nginx reads. */
import type { Statement } from "../tree.ts";

/** Tags that begin, change or end a branch: of Jinja, of ERB, of Go's and Mustache's templates. */
const BRANCH =
  /\{%-?\s*(?:if|el|end|for)|<%-?\s*(?:if|unless|els|end|\}|@?\w+\.each)|\{\{[-~]?\s*(?:if|else|end|range|with|#|\/|\^)/;

/** A tag between the two may leave one of them out. */
export function areAlternatives(first: Statement, second: Statement): boolean {
  const { file } = first;
  if (!file.template || file !== second.file) return false;
  return BRANCH.test(file.text.slice(first.directive.start, second.directive.start));
}
