/**
 * Has loops over arrays, and patterns of arrays, go by number in what is built. Until V8 has optimised a function, which in a
 * run of half a second it seldom does, each turn of an iterator makes an object: a quarter of all that such a run allocates.
 *
 *     for (const each of list) body    →   for (let i = 0, a = list; i < a.length; i++) { const each = a[i]; body }
 *     const [first = ""] = args;       →   const { 0: first = "" } = args;
 *
 * For arrays both mean the same. The types of the sources tell arrays from maps, sets and generators.
 */
import { join, normalize } from "node:path";
import { SyntaxKind } from "typescript/unstable/ast";
import { API, TypeFlags } from "typescript/unstable/sync";

/**
 * @param root of the repository
 * @returns by its path, the text of each source file that has such loops or patterns
 */
export function withArrayLoops(root) {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(root, "tsconfig.json")] }).getProjects();
    const isArray = arraysKnownTo(project.checker);
    const texts = new Map();
    const sources = `${join(root, "src").replaceAll("\\", "/")}/`;
    for (const path of project.program.getSourceFileNames()) {
      if (!path.startsWith(sources)) continue;
      const file = project.program.getSourceFile(path);
      const found = candidatesIn(file);
      const types = found.length === 0 ? [] : project.checker.getTypeAtLocation(found.map(iterated));
      const nodes = found.filter((_, index) => isArray(types[index]));
      if (nodes.length > 0) texts.set(normalize(path), new Rewriting(file, nodes).text);
    }
    return texts;
  } finally {
    api.close();
  }
}

/** All that can be assigned to a type can be assigned to `any`, and nothing is known of it. */
const VAGUE = TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never;

function arraysKnownTo(checker) {
  const known = new Map();
  return (type) => {
    if (type === undefined || (type.flags & VAGUE) !== 0) return false;
    let isArray = known.get(type.id);
    if (isArray === undefined) {
      isArray = checker.isArrayLikeType(type);
      known.set(type.id, isArray);
    }
    return isArray;
  };
}

/** Loops with a variable of their own and patterns without a rest, outer ones first. */
function candidatesIn(file) {
  const found = [];
  const visit = (node) => {
    if (node.kind === SyntaxKind.ForOfStatement) {
      const { awaitModifier, initializer } = node;
      if (!awaitModifier && initializer.kind === SyntaxKind.VariableDeclarationList) found.push(node);
    } else if (node.kind === SyntaxKind.ArrayBindingPattern) {
      if (node.elements.every(({ dotDotDotToken }) => !dotDotDotToken)) found.push(node);
    }
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

/** Whose type decides. */
function iterated(node) {
  return node.kind === SyntaxKind.ForOfStatement ? node.expression : node;
}

class Rewriting {
  #file;
  #nodes;

  constructor(file, nodes) {
    this.#file = file;
    this.#nodes = new Set(nodes);
  }

  get text() {
    return this.#inside(this.#file, 0);
  }

  #anew(node) {
    if (!this.#nodes.has(node)) return this.#inside(node, node.getStart(this.#file));
    return node.kind === SyntaxKind.ForOfStatement ? this.#loop(node) : this.#pattern(node);
  }

  /** A node that stays, with what is in it. */
  #inside(node, start) {
    const { text } = this.#file;
    let out = "";
    let at = start;
    node.forEachChild((child) => {
      const from = child.getStart(this.#file);
      if (from < at) return;
      out += text.slice(at, from) + this.#anew(child);
      at = child.end;
    });
    return out + text.slice(at, node.end);
  }

  #loop({ initializer, expression, statement, pos }) {
    const [i, a] = [`i$${pos}`, `a$${pos}`];
    const variable = this.#anew(initializer);
    const head = `for (let ${i} = 0, ${a} = ${this.#anew(expression)}; ${i} < ${a}.length; ${i}++)`;
    return `${head} { ${variable} = ${a}[${i}]; ${this.#anew(statement)} }`;
  }

  #pattern({ elements }) {
    const members = elements.flatMap((element, index) =>
      element.name === undefined ? [] : [`${index}: ${this.#anew(element)}`],
    );
    return `{ ${members.join(", ")} }`;
  }
}
