import type { Severity } from "../rules/index.ts";

/** SARIF's words for our severities. */
export const LEVELS = { error: "error", warning: "warning", info: "note" } as const satisfies Record<
  Severity,
  string
>;
