/** How much speaks for Django behind a pass. */
import type { Configuration, Server, Statement } from "../semantics/index.ts";
import { handlerOf } from "../semantics/index.ts";

/** Programs that run Django, and names that people give to it. */
const NAMES = /django|gunicorn|uvicorn|daphne|hypercorn|[uw]?wsgi|\basgi|channels/i;

/** 0: nothing; 1: weak; 2 and more: strong. */
export function djangoEvidence(configuration: Configuration, server: Server, pass: Statement): number {
  const target = pass.args[0] ?? "";
  const members = upstreamOf(configuration, target)?.block?.all("server") ?? [];
  const addresses = [target, ...members.map(({ args }) => args[0] ?? "")];
  let score = 0;
  if (pass.name === "uwsgi_pass" || addresses.some((text) => NAMES.test(text))) score += 2;
  if (addresses.some((text) => /:8000\b/.test(text))) score += 1;
  if ([...server.allLocations()].some(isAdmin)) score += 1;
  return score;
}

function isAdmin({ pattern, context }: Server["locations"][number]): boolean {
  return /^\^?\/(?:django-?)?admin\/?$/.test(pattern) && handlerOf(context).kind === "pass";
}

function upstreamOf({ upstreams }: Configuration, target: string): Statement | undefined {
  const host = /^(?:\w+:\/\/)?([^/:]+)/.exec(target)?.[1];
  return host === undefined ? undefined : upstreams.get(host);
}
