/** The nginx that a tree is deployed with, as the container files beside it say. */
import { dirname, join, resolve } from "node:path";
import { type Bounds, readRegularFile } from "../bounds/index.ts";

const CONTAINER_FILES = [
  "Dockerfile",
  "Containerfile",
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
];

/** How many folders upward a Dockerfile may stand. */
const MOST_FOLDERS = 3;

/** `1.27.3` or `1.27` from `FROM nginx:1.27.3-alpine` or `image: nginx:1.27` near a folder; null where none says. */
export function guessVersion(folder: string, bounds: Bounds | null = null): string | null {
  let here = resolve(folder);
  for (let i = 0; i < MOST_FOLDERS; i++) {
    for (const name of CONTAINER_FILES) {
      const version = versionIn(textOf(join(here, name), bounds));
      if (version !== null) return version;
    }
    here = dirname(here);
  }
  return null;
}

/** Container files are short. */
const MOST_BYTES = 1024 * 1024;

function textOf(path: string, bounds: Bounds | null): string {
  try {
    if (bounds !== null && bounds.refuseFound(path) !== null) return "";
    return Buffer.from(readRegularFile(path, MOST_BYTES)).toString("utf8");
  } catch {
    return "";
  }
}

function versionIn(text: string): string | null {
  const image =
    /^[ \t]*(?:FROM|image:)[ \t]+(?:--\S+[ \t]+)*["']?(?:[\w.-]+\/)*nginx(?:-unprivileged)?:v?(\d+\.\d+(?:\.\d+)?)(?![\w.])/im;
  return image.exec(text)?.[1] ?? null;
}
