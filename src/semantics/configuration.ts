import { Server } from "./server.ts";
import { Context, type SourceTree, type Statement } from "./tree.ts";

/** What one tree of files means to nginx: the views that rules ask. */
export class Configuration {
  readonly tree: SourceTree;
  /** The top of the tree: `main` of a whole configuration, else the context that a fragment stands in. */
  readonly root: Context;
  #servers: readonly Server[] | undefined;
  #upstreams: Map<string, Statement> | undefined;
  #isWhole: boolean | undefined;

  constructor(tree: SourceTree) {
    this.tree = tree;
    this.root = new Context(null, null, tree);
  }

  /** Every statement of the tree, in reading order. */
  get statements(): readonly Statement[] {
    return this.root.below;
  }

  /** The statements of that name in the whole tree, in reading order. */
  all(name: string): readonly Statement[] {
    return this.root.allBelow(name);
  }

  /** Only a part is known: what is outside of it may set or replace anything. */
  get fragment(): boolean {
    return this.tree.fragment;
  }

  /** The inside of `http`; null where there is none. */
  get http(): Context | null {
    if (this.root.kind === "http") return this.root;
    return this.root.last("http")?.block ?? null;
  }

  /** The servers of `http` in file order, or the one whose inside the fragment is. */
  get servers(): readonly Server[] {
    if (this.#servers === undefined) {
      const { root } = this;
      if (root.kind === "server" || root.kind === "location" || root.kind === "server-if") {
        this.#servers = [new Server(root, true, this)];
      } else {
        const written = this.http?.all("server") ?? [];
        this.#servers = written.flatMap(({ block }) =>
          block === null ? [] : [new Server(block, false, this)],
        );
      }
    }
    return this.#servers;
  }

  /** The `upstream` blocks of `http` by name. */
  get upstreams(): ReadonlyMap<string, Statement> {
    if (this.#upstreams === undefined) {
      this.#upstreams = new Map();
      for (const statement of this.http?.all("upstream") ?? []) {
        const [name] = statement.args;
        if (name !== undefined) this.#upstreams.set(name, statement);
      }
    }
    return this.#upstreams;
  }

  /** Some part of the inside of `http`, down to its servers, could not be read. */
  get incomplete(): boolean {
    if (this.fragment || this.root.incomplete) return true;
    return this.http?.incomplete ?? true;
  }

  /** Files are included by pattern, modules aside, and no pattern fits one: the sites lie elsewhere. */
  get lacksSites(): boolean {
    const patterns = [...this.tree.includes].filter(([{ args }]) => {
      const path = args[0]?.value ?? "";
      return /[*?[]/.test(path) && !/\bmodules\b/.test(path);
    });
    return patterns.length > 0 && patterns.every(([, { files }]) => files.length === 0);
  }

  /** It begins at a main file, and no part of it, down to the innermost block, could not be read. */
  get isWhole(): boolean {
    this.#isWhole ??=
      !this.fragment &&
      this.root.kind === "main" &&
      !this.root.incomplete &&
      this.statements.every(({ block }) => block?.incomplete !== true);
    return this.#isWhole;
  }
}
