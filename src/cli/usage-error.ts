/** Wrong usage or unusable input: a line or several on standard error, exit status 2. */
export class UsageError extends Error {}
