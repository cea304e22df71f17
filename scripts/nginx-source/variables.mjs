/** What the C source of nginx says of variables: its `ngx_http_variable_t` and `ngx_stream_variable_t` tables. */

/** The variables of one source file; a prefix (`http_`) stands for all names that begin so. */
export function readVariables(source) {
  const text = source.replace(/\/\*.*?\*\//gs, "").replace(/^#if 0$.*?^#endif$/gms, "");
  const variables = [];
  for (const [, family, , table] of text.matchAll(
    /\bngx_(http|stream)_variable_t\s+(\w+)\[\]\s*=\s*\{(.*?)\n\};/gs,
  )) {
    for (const [, name, rest] of table.matchAll(/\{\s*ngx_string\("(\w+)"\)\s*,(.*?)\}\s*,/gs)) {
      variables.push({
        name,
        family,
        isPrefix: rest.includes("_VAR_PREFIX"),
        isChangeable: rest.includes("_VAR_CHANGEABLE"),
      });
    }
  }
  // Defined one by one: `ngx_str_t ngx_http_x = ngx_string("…"); ngx_http_add_variable(cf, &ngx_http_x, flags)`.
  for (const [, field, name] of text.matchAll(
    /^static ngx_str_t\s+(ngx_http_\w+)\s*=\s*(?:\\\s*)?ngx_string\("(\w+)"\);/gm,
  )) {
    const flags = new RegExp(`ngx_http_add_variable\\(cf, &${field},\\s*([^)]*)\\)`).exec(text)?.[1];
    if (flags === undefined) continue;
    variables.push({
      name,
      family: "http",
      isPrefix: false,
      isChangeable: flags.includes("_VAR_CHANGEABLE"),
    });
  }
  return variables;
}
