/** Answers the checklist about one tree from the verdicts of the rules. */
import {
  didYouMean,
  type ItemVerdict,
  type ItemVerdicts,
  type Judgement,
  judge,
  type Region,
} from "../linter/index.ts";
import type { Assumptions } from "../rules/index.ts";
import { Configuration, type SourceTree, selectServer, type Version } from "../semantics/index.ts";
import { type AssumedStatus, CHECKLIST_ITEMS, type ChecklistItem, NO_TLS } from "./items.ts";

export type Status = "pass" | "fail" | "n/a" | "manual";

export interface Answer {
  readonly id: string;
  readonly chapter: string;
  readonly title: string;
  readonly status: Status;
  /** For people: what fails and for which server; why it does not apply; what to run. Empty for a pass that needs no word. */
  readonly reason: string;
  /** The rules that decided. */
  readonly rules: readonly string[];
  /** Where it fails; where it is kept. */
  readonly places: readonly Region[];
}

/** What somebody says of an item that the files leave open. */
export interface Assumed {
  readonly status: AssumedStatus;
  /** Who says so, such as `.nginx-lint.yaml:12`. */
  readonly by: string;
}

export interface ChecklistOptions {
  readonly version?: Version | null;
  readonly assume?: Assumptions;
  /** Just the servers with this name. */
  readonly server?: string;
  /** By the item; what the files tell wins. */
  readonly assumed?: ReadonlyMap<string, Assumed>;
}

/** Thrown where no server has the name. */
export class UnknownServerError extends Error {
  override readonly name = "UnknownServerError";
}

/**
 * Every item of the checklist, answered about the tree, or about its servers of one name.
 * @throws {UnknownServerError} for a server name that is not there
 */
export function answerChecklist(tree: SourceTree, options: ChecklistOptions = {}): readonly Answer[] {
  const { version = null, assume = {}, server, assumed = new Map<string, Assumed>() } = options;
  const judgement = judge(tree, { version, assume });
  const configuration = new Configuration(tree);
  const judged = server === undefined ? null : itemsOfNamed(judgement, server, configuration);
  return CHECKLIST_ITEMS.map((item) => {
    const told = answer(item, judgement, judged, configuration);
    const said = assumed.get(item.id);
    if (said === undefined || told.status !== "manual") return told;
    return { ...told, status: said.status, reason: `assumed by ${said.by}` };
  });
}

/** The items of all servers with the name: port 80 often has one of its own. Else of those that its requests go to by a pattern. */
function itemsOfNamed(
  { servers, itemsOf }: Judgement,
  name: string,
  configuration: Configuration,
): ItemVerdicts {
  const wanted = name.toLowerCase();
  const written = servers.flatMap(({ names }, number) =>
    names.includes(name) || names.includes(wanted) ? [number] : [],
  );
  const numbers = written.length > 0 ? written : takersOf(wanted, configuration);
  if (numbers.length > 0) return itemsOf(numbers);
  const known = [
    ...new Set(servers.flatMap(({ names }) => names.filter((each) => each !== "" && each !== "_"))),
  ];
  const meant = didYouMean(wanted, known);
  const list =
    known.length > 10 ? `${known.slice(0, 10).join(", ")} and ${known.length - 10} more` : known.join(", ");
  throw new UnknownServerError(
    `no server is called ${name}${meant !== "" ? meant : known.length > 0 ? `; there are ${list}` : "; no server here has a name"}`,
  );
}

/** The numbers of the servers that nginx chooses for a name, and not because there is no other. */
function takersOf(name: string, configuration: Configuration): readonly number[] {
  const found = new Set<number>();
  for (const { listens } of configuration.servers) {
    for (const { address, port } of listens) {
      const chosen = selectServer(configuration, {
        address: address === "*" ? null : address,
        port,
        host: name,
      });
      if (chosen.kind === "server" && chosen.steps.at(-1)?.kind !== "default")
        found.add(configuration.servers.indexOf(chosen.server));
    }
  }
  return [...found];
}

function answer(
  { id, chapter, title, decision }: ChecklistItem,
  judgement: Judgement,
  judged: ItemVerdicts | null,
  configuration: Configuration,
): Answer {
  const base = { id, chapter, title, rules: [], places: [] };
  switch (decision.kind) {
    case "manual":
      return { ...base, status: "manual", reason: decision.reason };
    case "split":
      return { ...base, ...split(configuration) };
    case "rules": {
      const verdict = (judged ?? judgement.items).get(id);
      if (verdict === undefined) {
        const isIdle = decision.isForTls === true && !speaksTls(configuration);
        return isIdle
          ? { ...base, status: "n/a", reason: NO_TLS }
          : { ...base, status: decision.silence, reason: decision.reason };
      }
      return {
        ...base,
        ...told(id, verdict, decision.note ?? "", judgement, judged),
        rules: verdict.rules,
        places: verdict.places,
      };
    }
  }
}

function told(
  id: string,
  verdict: ItemVerdict,
  note: string,
  judgement: Judgement,
  judged: ItemVerdicts | null,
): { readonly status: Status; readonly reason: string } {
  switch (verdict.outcome) {
    case "met":
      return { status: "pass", reason: note };
    case "untold":
      return { status: "manual", reason: verdict.notes.join("; ") };
    case "violated":
      return { status: "fail", reason: reasonOf(id, verdict, judgement, judged) };
  }
}

/** The rules; the servers that it fails for, where others keep it; the request that shows it. */
function reasonOf(
  id: string,
  { rules, notes }: ItemVerdict,
  { servers }: Judgement,
  judged: ItemVerdicts | null,
): string {
  const failing = servers.filter(({ items }) => items.get(id)?.outcome === "violated");
  const names = failing.flatMap(({ names: [name = ""], at }) =>
    name !== "" && name !== "_" ? [name] : at === null ? [] : [`${at.file}:${at.line}`],
  );
  const where =
    judged !== null || servers.length < 2 || names.length === 0 ? "" : ` for ${listOf([...new Set(names)])}`;
  const seen = notes.length === 0 ? "" : `: ${listOf(notes)}`;
  return `${rules.join(", ")}${where}${seen}`;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  return names.length > 3 ? `${shown.join(", ")} and ${names.length - 3} more` : shown.join(", ");
}

/** More than one file besides the types, or a small one. */
const SMALL = 100;

function split({ tree, statements }: Configuration): { status: Status; reason: string } {
  const own = tree.files.filter(
    ({ name }) => !/(^|\/)(mime\.types|(fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf)$/.test(name),
  );
  if (own.length > 1) return { status: "pass", reason: `${own.length} files` };
  const written = statements.filter(({ context }) => context.kind !== "types").length;
  return written < SMALL
    ? { status: "pass", reason: "one small file" }
    : { status: "fail", reason: `one file holds ${written} directives` };
}

/** Whether somebody does, or may do so in a part that was not read. */
function speaksTls(configuration: Configuration): boolean {
  return configuration.servers.some(({ listens }) =>
    listens.some(({ tls, quic, unknown }) => tls || quic || unknown),
  );
}
