/** Wrong usage or unusable input: one line on standard error, exit status 2. */
export class UsageError extends Error {
  /** The message holds lines that begin with their places (`file:line:column: …`), as editors read them. */
  readonly placed: boolean;

  constructor(message: string, { placed = false }: { readonly placed?: boolean } = {}) {
    super(message);
    this.placed = placed;
  }
}
