/**
 * Whose pages are around this one. Whoever frames a page can lay its buttons, unseen, under a visitor's click, and sees where
 * the focus is: what such a click may do, and when something may come up, depends on them.
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

/**
 * Resolves when something of ours may come up: at once, or, with a stranger's page around, when the visitor has touched this
 * one. It takes the focus, and what comes up by itself comes for some customers and not for others.
 */
export const mayComeUp = (root: Window, stranger: () => string | undefined): Promise<unknown> =>
  new Promise<unknown>((resolve) => {
    if (root.navigator.userActivation?.hasBeenActive !== false || !stranger()) return resolve(true);
    for (const touch of ['pointerup', 'keyup']) root.addEventListener(touch, resolve, { once: true, capture: true });
  });
