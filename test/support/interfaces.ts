/**
 * An interface as the tests of the documentation see it: its members, and each call with its arguments, read from the source
 * that people read.
 */

/** Its lines without comments, as they stand where nothing is indented. */
const bodyOf = (source: string, name: string): string => {
  const found = new RegExp(`^( *)(?:export )?interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\1\\}`, 'm').exec(source);
  const [, indent = '', body = ''] = found ?? [];
  return body.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(new RegExp(`^${indent}`, 'gm'), '');
};

/** The members of an interface, each once: one method or property a line, two spaces in. */
export const membersOf = (source: string, name: string): string[] => {
  const found = bodyOf(source, name).matchAll(/^ {2}(?:readonly )?(\w+)\??\s*[(<:]/gm);
  return [...new Set(Array.from(found, ([, member = '']) => member))];
};

/** Names of the arguments that begin here, with a `?` where one may be left out. */
const argumentsOf = (text: string): string[] => {
  const names: string[] = [];
  let depth = 0;
  let begins = true;
  for (const [at, letter] of [...text].entries()) {
    if (begins) names.push(/^\s*(\w+\??)/.exec(text.slice(at))?.[1] ?? '');
    begins = letter === ',' && depth === 0;
    if ('([{'.includes(letter)) depth++;
    if (')]}'.includes(letter) && depth-- === 0) break;
  }
  return names.filter(Boolean);
};

/** Each member as documentation writes it: `action(name, extra?)`, and `version` for what is no call; the first of overloads. */
export const callsOf = (source: string, name: string): string[] => {
  const body = bodyOf(source, name);
  return membersOf(source, name).map((member) => {
    const call = new RegExp(`^ {2}${member}(?:<[\\s\\S]*?>)?\\(`, 'm').exec(body);
    return call ? `${member}(${argumentsOf(body.slice(call.index + call[0].length)).join(', ')})` : member;
  });
};
