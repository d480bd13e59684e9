/**
 * The form that asks for the admin key, and says what is wrong with one.
 */
import { byId } from './draw.ts';

export interface SignIn {
  /** Asks; `problem` says why, empty the first time. `prefilled` is a key from the address. */
  ask(problem: string, prefilled?: string): void;
  done(): void;
}

export const createSignIn = (onKey: (key: string) => void): SignIn => {
  const panel = byId('sign-in');
  const input = byId<HTMLInputElement>('key');
  byId('sign-in-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    onKey(input.value.trim());
  });
  return {
    ask: (problem, prefilled) => {
      panel.hidden = false;
      if (prefilled) input.value = prefilled;
      byId('key-problem').textContent = problem;
      input.setAttribute('aria-invalid', String(Boolean(problem)));
      input.focus();
      input.select();
    },
    done: () => {
      panel.hidden = true;
      input.value = '';
      byId('key-problem').textContent = '';
    },
  };
};
