/** What the user says that no file can show (settings: `assume`). */
export interface Assumptions {
  /** False: another proxy in front ends TLS. Undefined: judged by the tree. */
  readonly edge?: boolean;
  /** URI prefixes at which single-page apps live. */
  readonly spa?: readonly string[];
  /** Further URIs that export metrics. */
  readonly metricsPaths?: readonly string[];
  /** `elsewhere`: HSTS is sent by another proxy or CDN. */
  readonly hsts?: "here" | "elsewhere";
}
