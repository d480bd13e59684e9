/**
 * The free-text search of events: anywhere in the user's id, the type or the payload's JSON, in any case.
 * Every store asks here, so that one search finds the same events in all of them.
 */
export const matchesText = (user: string, type: string, payload: string, text: string): boolean => {
  const wanted = text.toLowerCase();
  return [user, type, payload].some((field) => field.toLowerCase().includes(wanted));
};
