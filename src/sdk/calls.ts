/**
 * The arguments of a public call, checked: unknown in, a call that can be captured out, or nothing and a told reason.
 */
import type { SignedLink, Source } from '../wire/event.ts';
import { NAME_LENGTH } from '../wire/limits.ts';
import type { DeepLink } from './deep-link.ts';
import type { Tell } from './notice.ts';
import { textOf } from './text.ts';

export interface Call {
  type: string;
  payload: unknown;
  /** The name of an action: part of its payload, whatever else the page put there. */
  action?: string;
  source: Source;
  link?: SignedLink | undefined;
  /** Origin of the frame that made it. */
  frame?: string;
}

export const eventCall = (value: unknown, payload: unknown, tell: Tell): Call | undefined => {
  const type = textOf(value, NAME_LENGTH);
  return type ? { type, payload, source: 'api' } : tell('empty_event_type', `1 to ${NAME_LENGTH} characters`);
};

export const actionCall = (
  value: unknown,
  extra: unknown,
  tell: Tell,
  source: Source = 'api',
  link?: SignedLink,
): Call | undefined => {
  const action = textOf(value, NAME_LENGTH);
  return action
    ? { type: 'client_action', payload: extra, action, source, link }
    : tell('empty_action', `1 to ${NAME_LENGTH} characters`);
};

/** An event that the SDK makes by itself. */
export const sdkCall = (type: string, payload: object): Call => ({ type, payload, source: 'auto' });

/** The action that a deep link asks for. */
export const linkCall = ({ verb, params }: DeepLink, tell: Tell): Call | undefined => {
  const exp = Number(params.get('exp'));
  const sig = params.get('sig');
  return actionCall(params.get(verb), {}, tell, 'deep_link', sig && exp ? { exp, sig } : undefined);
};
