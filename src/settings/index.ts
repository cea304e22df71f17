export { type Explained, explain, explanationText, originText } from "./explain.ts";
export { findSettings, SETTINGS_NAMES } from "./find.ts";
export { initialSettings, type TreeFacts } from "./init.ts";
export type { Origin } from "./layer.ts";
export { type LoadedSettings, loadSettings } from "./load.ts";
export { type Schema, settingsSchema } from "./schema.ts";
export { type CommandLine, createSettings, type Settings } from "./settings.ts";
export { SettingsError, type SettingsProblem } from "./settings-error.ts";
