/** Mistakes in settings files, for people: one line each. */

/** A mistake and its place. Line and column are 1-based; null where the file as a whole is meant. */
export interface SettingsProblem {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** Settings that cannot be used. `message` holds one line `file:line:column: what` for every mistake found. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(problems.map(problemLine).join("\n"));
    this.problems = problems;
  }
}

function problemLine({ file, line, column, message }: SettingsProblem): string {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${message.replace(/\s+/g, " ")}`;
}
