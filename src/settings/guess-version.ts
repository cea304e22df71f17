/** The nginx that a tree is deployed with, as the container files beside it say. */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

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
export async function guessVersion(folder: string): Promise<string | null> {
  let here = resolve(folder);
  for (let i = 0; i < MOST_FOLDERS; i++) {
    for (const name of CONTAINER_FILES) {
      const text = await readFile(join(here, name), "utf8").catch(() => "");
      const version = versionIn(text);
      if (version !== null) return version;
    }
    here = dirname(here);
  }
  return null;
}

function versionIn(text: string): string | null {
  const image =
    /^\s*(?:FROM|image:)\s+(?:--\S+\s+)*["']?(?:[\w.-]+\/)*nginx(?:-unprivileged)?:v?(\d+\.\d+(?:\.\d+)?)(?![\w.])/im;
  return image.exec(text)?.[1] ?? null;
}
