/** Where the project and its rule pages are found. */

/** The repository's address; SARIF and HTML lead there. */
export const HOMEPAGE = "https://github.com/nginx-lint/nginx-lint";

/** The rule's page, relative to the repository and to the package. */
export function docsPath(ruleId: string): string {
  return `docs/rules/${ruleId}.md`;
}

/** The rule's page as an absolute address. */
export function docsUrl(ruleId: string): string {
  return `${HOMEPAGE}/blob/main/${docsPath(encodeURIComponent(ruleId))}`;
}
