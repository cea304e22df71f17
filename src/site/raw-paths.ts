/** Applications whose URLs hold encoded slashes or the like, so that a path must reach them as it was sent. */
import type { Location, Server, Statement } from "../semantics/index.ts";

/** By a word in the name of the upstream, of the server or of the location; and by the port. */
const APPLICATIONS: readonly { readonly name: string; readonly word: RegExp; readonly port?: string }[] = [
  { name: "RabbitMQ", word: /rabbit/i, port: "15672" },
  { name: "GitLab", word: /gitlab/i },
  { name: "Matrix", word: /matrix|synapse|dendrite|conduit/i, port: "8008" },
  { name: "the npm registry", word: /verdaccio|npm[-_]?registry/i, port: "4873" },
  { name: "Nexus", word: /nexus/i },
  { name: "Artifactory", word: /artifactory/i },
  { name: "Jenkins", word: /jenkins/i },
  { name: "CouchDB", word: /couch/i, port: "5984" },
  { name: "MinIO", word: /minio/i },
];

/** The application that a request is passed to, where it is one that needs paths as they were sent. */
export function needsRawPath(pass: Statement, location: Location, server: Server): string | null {
  const [target = ""] = pass.args;
  const authority = /^\w+:\/\/([^/]*)/.exec(target)?.[1] ?? "";
  // Under a name of its own the application is the one of `location /`.
  const own = location.pattern === "/" ? server.names.map(({ text }) => text) : [];
  const names = [authority, location.pattern, ...own];
  const found = APPLICATIONS.find(
    ({ word, port }) =>
      names.some((name) => word.test(name)) || (port !== undefined && authority.endsWith(`:${port}`)),
  );
  return found?.name ?? null;
}
