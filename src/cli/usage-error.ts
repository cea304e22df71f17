/** Wrong usage or unusable input: one line on standard error, exit status 2. */
export class UsageError extends Error {}
