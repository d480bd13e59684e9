/**
 * What segments, campaigns and missions call an event: the action of a client action, the type of any other.
 */
export const eventName = (eventType: string, action: string): string =>
  eventType === 'client_action' ? action : eventType;
