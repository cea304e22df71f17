import { describe, expect, it } from "vitest";
import {
  type Answer,
  type Assumed,
  answerChecklist,
  CHECKLIST_ITEMS,
  isLeftOpen,
  joinAnswers,
  type Status,
  UnknownServerError,
} from "../../src/checklist/index.ts";
import { judge, Run } from "../../src/linter/index.ts";
import { RULES } from "../../src/rules/index.ts";
import { spend } from "../../src/semantics/budget.ts";
import { Account, Budget, parseVersion } from "../../src/semantics/index.ts";
import { treeOf } from "../tree.ts";
import { BAD, FAILING, GOOD, OTHER } from "./sites.ts";

function statuses(text: string, server?: string): Record<string, Status> {
  const answers = answerChecklist(treeOf(text), {
    version: parseVersion("1.26.0"),
    ...(server === undefined ? {} : { server }),
  });
  return Object.fromEntries(answers.map(({ id, status }) => [id, status]));
}

const decided = CHECKLIST_ITEMS.filter(({ decision }) => decision.kind !== "manual").map(({ id }) => id);

const leftOpen = new Set(CHECKLIST_ITEMS.filter(isLeftOpen).map(({ id }) => id));

describe("the checklist", () => {
  it("has the 57 items of the guide", () => {
    expect(CHECKLIST_ITEMS).toHaveLength(57);
    expect(new Set(CHECKLIST_ITEMS.map(({ id }) => id)).size).toBe(57);
  });

  it("is answered by rules that know its items", () => {
    const known = new Set(CHECKLIST_ITEMS.map(({ id }) => id));
    const named = new Set(RULES.flatMap(({ checklist = [] }) => checklist));
    expect([...named].filter((id) => !known.has(id))).toEqual([]);
    const lonely = CHECKLIST_ITEMS.filter(({ id, decision }) => decision.kind === "rules" && !named.has(id));
    expect(lonely.map(({ id }) => id)).toEqual([]);
  });

  const good = statuses(GOOD);
  it.each(decided.filter((id) => !leftOpen.has(id)))("%s passes on a site that keeps it", (id) => {
    expect(good[id]).toBe("pass");
  });

  const bad = statuses(BAD);
  it.each(decided)("%s fails on a site that does not", (id) => {
    const own = FAILING.get(id);
    expect((own === undefined ? bad : statuses(own))[id]).toBe("fail");
  });

  const other = statuses(OTHER);
  const mayBeAbsent = CHECKLIST_ITEMS.filter(
    ({ decision }) => decision.kind === "rules" && decision.silence === "n/a",
  ).map(({ id }) => id);
  it.each(mayBeAbsent.filter((id) => !ALWAYS.has(id)))(
    "%s does not apply where there is nothing of it",
    (id) => {
      expect(other[id]).toBe("n/a");
    },
  );

  it("asks people what no file tells", () => {
    for (const id of leftOpen) expect([id, good[id]]).toEqual([id, "manual"]);
  });

  it("fails Django's static files where a regex location looks for them elsewhere", () => {
    const shadowed = GOOD.replace(
      "location /media/",
      "location ~* \\.css$ { root /srv/shop/frontend/dist; }\n        location /media/",
    );
    expect(statuses(shadowed)["static.django-static-alias"]).toBe("fail");
  });

  it("fails the renewal where the challenge ends at a refusal, and a web root for it is elsewhere", () => {
    const elsewhere = (FAILING.get("tls.renewal") ?? "")
      .replace("location /.well-known/acme-challenge/ { root /var/www/certbot; }", "")
      .replace("root /srv/www;", "location /.well-known/ { root /var/www/certbot; }");
    expect(statuses(elsewhere)["tls.renewal"]).toBe("fail");
  });

  it("takes from people what no file tells, and from files the rest", () => {
    const assumed = new Map<string, Assumed>([
      ["react.built", { status: "pass", by: ".nginx-lint.yaml:3" }],
      ["deploy.preload-app", { status: "n/a", by: ".nginx-lint.yaml:4" }],
      ["tls.renewal", { status: "pass", by: ".nginx-lint.yaml:5" }],
    ]);
    const answersTo = (text: string) =>
      new Map(answerChecklist(treeOf(text), { assumed }).map((answer) => [answer.id, answer]));
    const answers = answersTo(GOOD);
    expect(answers.get("react.built")).toMatchObject({
      status: "pass",
      reason: "assumed by .nginx-lint.yaml:3",
    });
    expect(answers.get("deploy.preload-app")?.status).toBe("n/a");
    expect(answers.get("react.copied")?.status).toBe("manual");
    expect(answers.get("tls.renewal")?.status).toBe("pass");
    expect(answersTo(FAILING.get("tls.renewal") ?? "").get("tls.renewal")?.status).toBe("fail");
  });

  it("tells sites of one tree apart", () => {
    const two = GOOD.replace(
      /}\n$/,
      "    server {\n        listen 81;\n        server_name plain.example;\n        server_tokens on;\n        root /srv/plain;\n    }\n}\n",
    );
    expect(statuses(two)["headers.server-tokens"]).toBe("fail");
    expect(statuses(two, "shop.example")["headers.server-tokens"]).toBe("pass");
    expect(statuses(two, "plain.example")["headers.server-tokens"]).toBe("fail");
    const [answer] = answerChecklist(treeOf(two)).filter(({ id }) => id === "headers.server-tokens");
    expect(answer?.reason).toContain("plain.example");
    expect(() => statuses(two, "nobody.example")).toThrow(UnknownServerError);
  });
});

/** What every server has. */
const ALWAYS: ReadonlySet<string> = new Set([
  "headers.server-tokens",
  "perf.keepalive-timeout",
  "perf.worker-processes",
]);

describe("the rules that answer it", () => {
  it("are those that name its items in the catalogue: no other is asked", () => {
    const naming = new Set(RULES.flatMap(({ id, checklist }) => (checklist === undefined ? [] : [id])));
    const answering = [BAD, GOOD, OTHER].flatMap((site) =>
      [...judge(treeOf(site)).items.values()].flatMap(({ rules }) => rules),
    );
    expect(answering.length).toBeGreaterThan(50);
    expect(answering.filter((id) => !naming.has(id))).toEqual([]);
  });
});

describe("what was not looked at", () => {
  const text = `events {}
http {
    server { listen 80; root /srv; }
    server { listen 81; root /srv; location ~ ^/(a|b)+c$ { deny all; } }
}
`;

  it("passes no item that rules about servers answer, and is told", () => {
    const run = new Run();
    run.judged = 1;
    const problems: string[] = [];
    const answers = answerChecklist(treeOf(text), { run, tell: (problem) => problems.push(problem) });
    expect(problems).toEqual(["nginx.conf: 1 server was not looked at"]);
    const ofServers = new Set(
      RULES.flatMap(({ scope, checklist = [] }) => (scope === "server" ? checklist : [])),
    );
    const passing = answers.filter(({ status }) => status === "pass" || status === "n/a");
    expect(passing.filter(({ id }) => ofServers.has(id))).toEqual([]);
    expect(answers.map(({ reason }) => reason)).toContain("1 server was not looked at");
  });

  it("is left to people where a rule is out of steps", () => {
    const budget = new Budget();
    for (let i = 0; i < 60; i++) budget.share(() => spend(Number.MAX_SAFE_INTEGER), new Account());
    const undecided = answerChecklist(treeOf(text), { run: new Run(budget) }).filter(({ reason }) =>
      reason.includes("has not decided"),
    );
    expect(undecided.length).toBeGreaterThan(0);
    expect(new Set(undecided.map(({ status }) => status))).toEqual(new Set(["manual"]));
  });
});

describe("the answers about thousands of trees", () => {
  const answer = (number: number, status: Status): Answer => {
    const place = {
      file: `${number}.conf`,
      line: 1,
      column: 1,
      offset: 0,
      length: 1,
      endLine: 1,
      endColumn: 2,
    };
    return { id: "x", chapter: "", title: "", status, reason: `r${number}`, rules: ["a"], places: [place] };
  };

  it("are put together one by one, and hold some reasons and a thousand places", () => {
    let asked = 0;
    function* all() {
      yield [answer(0, "pass")];
      for (let number = 1; number <= 1_200; number++) {
        asked++;
        yield [answer(number, "fail")];
      }
    }
    const [joined] = joinAnswers(all(), false);
    expect(asked).toBe(1_200);
    expect(joined).toMatchObject({ status: "fail", rules: ["a"], hasMore: true, places: { length: 1_000 } });
    expect(joined?.reason).toBe(
      `${Array.from({ length: 10 }, (_, i) => `r${i + 1}`).join("; ")}; and 1190 more`,
    );
  });
});
