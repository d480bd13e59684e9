/**
 * Whose pages are around this one. Pure. Whoever frames a page can lay its buttons, unseen, under a visitor's click: what
 * such a click may do depends on them.
 */

/** The nearest first. */
const originsAround = (root: Window): string[] => {
  const { ancestorOrigins } = root.location;
  if (ancestorOrigins) return [...ancestorOrigins];
  const origins: string[] = [];
  try {
    for (let page = root; page !== page.parent; page = page.parent) origins.push(page.parent.location.origin);
  } catch {
    origins.push('another origin'); // Firefox says no more of it, nor of those around it
  }
  return origins;
};

/** The nearest page around that is neither of the page's own origin nor listed; `null` is nobody's origin. */
export const strangerAround = (root: Window, listed: readonly string[]): string | undefined => {
  const known = [root.location.origin].concat(listed);
  return originsAround(root).find((origin) => origin === 'null' || !known.includes(origin));
};
