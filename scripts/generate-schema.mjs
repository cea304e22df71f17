/** Writes nginx-lint.schema.json from the schema that settings files are validated against. `--check` only compares. */
import { generate, importSource } from "./generated.mjs";

const { settingsSchema, RULES } = await importSource(
  'export { settingsSchema } from "./src/settings/schema.ts"; export { RULES } from "./src/rules/index.ts";',
);
generate("nginx-lint.schema.json", `${JSON.stringify(settingsSchema(RULES), null, 2)}\n`);
