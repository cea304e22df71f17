/** Answers the checklist about one tree from the verdicts of the rules. */
import {
  didYouMean,
  type ItemVerdict,
  type ItemVerdicts,
  type Judgement,
  judge,
  type Region,
  type Run,
} from "../linter/index.ts";
import { type Assumptions, RULES } from "../rules/index.ts";
import {
  Configuration,
  type Server,
  type SourceTree,
  selectServer,
  type Version,
} from "../semantics/index.ts";
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
  /** Where it fails; where it is kept. Of very many the first. */
  readonly places: readonly Region[];
  /** Some places are left out. */
  readonly hasMore?: true;
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
  /** The run that this is a part of; whoever gives one adds the lengths of its trees to its budget. */
  readonly run?: Run;
  /** Told what was not looked at, or failed: the checklist is not answered in full. */
  readonly tell?: (problem: string) => void;
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
  const { version = null, assume = {}, server, assumed = new Map<string, Assumed>(), run } = options;
  const configuration = new Configuration(tree);
  const named = server === undefined ? null : serversNamed(server, configuration);
  const rules = RULES.filter(({ checklist }) => checklist !== undefined);
  const judgement = judge(tree, {
    rules,
    version,
    assume,
    configuration,
    ...(run === undefined ? {} : { run }),
  });
  for (const problem of problemsOf(judgement, tree)) options.tell?.(problem);
  const judged = named === null ? null : judgement.itemsOf(named);
  return CHECKLIST_ITEMS.map((item) => {
    const told = answer(item, judgement, judged, configuration);
    const said = assumed.get(item.id);
    if (said === undefined || told.status !== "manual") return told;
    return { ...told, status: said.status, reason: `assumed by ${said.by}` };
  });
}

/** Why not all was looked at. */
function problemsOf({ failures, unseenServers }: Judgement, { entry }: SourceTree): readonly string[] {
  const problems = [...failures].map(([id, reason]) => `rule ${id} failed on ${entry.name}: ${reason}`);
  if (unseenServers > 0) problems.push(`${entry.name}: ${unseen(unseenServers)}`);
  return problems;
}

function unseen(servers: number): string {
  return servers === 1 ? "1 server was not looked at" : `${servers} servers were not looked at`;
}

/** Why the silence of the rules that answer an item means nothing; null where it does mean something. */
function doubtOn(item: string, { failures, undecided, unseenServers }: Judgement): string | null {
  if (failures.size + undecided.size + unseenServers === 0) return null;
  for (const { id, checklist = [] } of RULES) {
    if (!checklist.includes(item)) continue;
    if (failures.has(id)) return `${id} failed`;
    const what = undecided.get(id);
    if (what !== undefined) return `${id} has not decided ${what}: it takes more steps than a run is given`;
    if (unseenServers > 0) return unseen(unseenServers);
  }
  return null;
}

/**
 * The numbers of all servers with the name: port 80 often has one of its own. Else of those that its requests go to by a pattern.
 *
 * @throws {UnknownServerError} where there are none
 */
function serversNamed(name: string, configuration: Configuration): readonly number[] {
  const wanted = name.toLowerCase();
  const { servers } = configuration;
  const written = servers.flatMap(({ names }, number) =>
    names.some(({ text }) => text === name || text === wanted) ? [number] : [],
  );
  const numbers = written.length > 0 ? written : takersOf(wanted, configuration);
  if (numbers.length > 0) return numbers;
  const known = [
    ...new Set(
      servers.flatMap(({ names }) =>
        names.flatMap(({ text }) => (text === "" || text === "_" ? [] : [text])),
      ),
    ),
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
  const { servers } = configuration;
  const asked = new Set<string>();
  const found = new Set<Server>();
  for (const { listens } of servers) {
    for (const { address, port } of listens) {
      const socket = `${address}:${port}`;
      if (asked.has(socket)) continue;
      asked.add(socket);
      const chosen = selectServer(configuration, {
        address: address === "*" ? null : address,
        port,
        host: name,
      });
      if (chosen.kind === "server" && chosen.steps.at(-1)?.kind !== "default") found.add(chosen.server);
    }
  }
  return servers.flatMap((server, number) => (found.has(server) ? [number] : []));
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
      const doubt = verdict?.outcome === "violated" ? null : doubtOn(id, judgement);
      if (doubt !== null) return { ...base, status: "manual", reason: doubt };
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
        ...(verdict.hasMore ? { hasMore: true } : {}),
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
      return { status: "manual", reason: reasonOfAll(verdict.notes) };
    case "violated":
      return { status: "fail", reason: reasonOf(id, verdict, judgement, judged) };
  }
}

/** The rules; the servers that it fails for, where others keep it; the request that shows it. */
function reasonOf(
  id: string,
  { rules, notes }: ItemVerdict,
  { servers, violatorsOf }: Judgement,
  judged: ItemVerdicts | null,
): string {
  const failing = judged === null ? violatorsOf(id).flatMap((number) => servers[number] ?? []) : [];
  const names = failing.flatMap(({ names: [name = ""], at }) =>
    name !== "" && name !== "_" ? [name] : at === null ? [] : [`${at.file}:${at.line}`],
  );
  const where = servers.length < 2 || names.length === 0 ? "" : ` for ${listOf([...new Set(names)])}`;
  const seen = notes.length === 0 ? "" : `: ${listOf(notes)}`;
  return `${rules.join(", ")}${where}${seen}`;
}

/** Nobody reads more reasons. */
const MOST_REASONS = 10;

/** Several reasons as one. */
export function reasonOfAll(reasons: readonly string[]): string {
  const shown = reasons.slice(0, MOST_REASONS);
  const more = reasons.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
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
