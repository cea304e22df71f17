/** What nginx's change log (`docs/xml/nginx/changes.xml`) says was born in which release. */

/**
 * The releases, the newest first: version, and the names of directives and variables that its features bring along. A
 * feature that speaks of a parameter names the directive, too, so a name may be born more than once; the earliest counts.
 */
export function readReleases(xml) {
  return [...xml.matchAll(/<changes ver="([\d.]+)"[^>]*>(.*?)<\/changes>/gs)].map(([, version, body]) => ({
    version,
    features: [...body.matchAll(/<change type="feature">(.*?)<\/change>/gs)].flatMap(([, change]) => {
      const english = /<para lang="en">(.*?)<\/para>/s.exec(change)?.[1] ?? "";
      return featureOf(
        english
          .replace(/<br\/>|<at\/>/g, " ")
          .replace(/\s+/g, " ")
          .trim(),
      );
    }),
  }));
}

function featureOf(text) {
  const names = [...text.matchAll(/"(\$?[a-z][a-z0-9_]*)"/g)].map(([, name]) => name);
  return names.length === 0 ? [] : [{ text, names }];
}

/** By name, the earliest release whose features speak of it as a directive or a variable. */
export function readBirths(releases) {
  const births = new Map();
  for (const { version, features } of releases) {
    for (const { text, names } of features) {
      const isOfParameter =
        /\bparameters?\b|\bnow supports?\b/.test(text) &&
        !/^the "\w+"( and "\w+")* directives?[.,]/.test(text);
      for (const name of names) {
        if (name.startsWith("$") || !isOfParameter) births.set(name, { version, text });
      }
    }
  }
  return births;
}
