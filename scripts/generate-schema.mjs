/** Writes nginx-lint.schema.json made of the schema that settings files are validated against. `--check` only compares. */
import { generate, importSource } from "./generated.mjs";

const { publishedSchema, RULES } = await importSource(
  'export { publishedSchema } from "./src/settings/published-schema.ts"; export { RULES } from "./src/rules/index.ts";',
);
generate("nginx-lint.schema.json", `${JSON.stringify(publishedSchema(RULES), null, 2)}\n`);
