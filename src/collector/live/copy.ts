/**
 * A button that copies a text and says on itself what became of it.
 */
import { element } from './draw.ts';

const SAID = 2_000;

export const copyButton = (label: string, text: () => string): HTMLButtonElement => {
  const button = element('button', { type: 'button', class: 'quiet' }, label);
  const say = (words: string): void => {
    button.textContent = words;
    setTimeout(() => {
      button.textContent = label;
    }, SAID);
  };
  button.addEventListener('click', () => {
    // Browsers hide the clipboard from pages served over plain http from another machine.
    if (!navigator.clipboard) return say('Not possible over http');
    navigator.clipboard.writeText(text()).then(
      () => say('Copied'),
      () => say('The browser refused'),
    );
  });
  return button;
};
