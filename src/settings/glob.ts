/** Globs of file names: `*`, `?`, `[a-z]`, `{a,b}` within a name, `**` across folders. */

/**
 * Whether a path (relative, with `/`) matches. A pattern without `/` matches the file's own name in any folder, and one
 * that ends with `/` everything below.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  return compile(pattern).test(path);
}

const compiled = new Map<string, RegExp>();

function compile(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const expression = translate(pattern);
  compiled.set(pattern, expression);
  return expression;
}

function translate(pattern: string): RegExp {
  let glob = pattern.replaceAll("\\", "/").replace(/^\.\//, "");
  if (glob.endsWith("/")) glob += "**";
  if (glob.startsWith("/")) glob = glob.slice(1);
  else if (!glob.includes("/")) glob = `**/${glob}`;
  let source = "";
  let groups = 0;
  for (let i = 0; i < glob.length; ) {
    const rest = glob.slice(i);
    const folders = /^(?:\*\*\/)+/.exec(rest)?.[0];
    const stars = /^\*+/.exec(rest)?.[0];
    const set = /^\[[!^]?\]?[^\]/]*\]/.exec(rest)?.[0];
    const character = rest.charAt(0);
    if (folders !== undefined && (i === 0 || glob[i - 1] === "/")) {
      source += "(?:[^/]+/)*";
      i += folders.length;
      continue;
    }
    if (stars !== undefined) {
      // `a/**` is everything below; stars within a name stay in the name.
      const below = stars.length > 1 && rest.length === stars.length && (i === 0 || glob[i - 1] === "/");
      source += below ? ".+" : "[^/]*";
      i += stars.length;
      continue;
    }
    if (set !== undefined) {
      source += set
        .replace(/^\[!/, "[^")
        .replaceAll("\\", "\\\\")
        .replace(/^(\[\^?)\]/, "$1\\]");
      i += set.length;
      continue;
    }
    if (character === "{" && rest.includes("}")) {
      source += "(?:";
      groups++;
    } else if (character === "}" && groups > 0) {
      source += ")";
      groups--;
    } else if (character === "," && groups > 0) source += "|";
    else if (character === "?") source += "[^/]";
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    i++;
  }
  try {
    return new RegExp(`^${source}${")".repeat(groups)}$`, "u");
  } catch {
    // A range such as `[z-a]`: no file is called that.
    return /(?!)/;
  }
}
