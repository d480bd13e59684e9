/**
 * The buttons of a popup or a message, of which the first stands out. They are data: no markup of a server makes one.
 */
import type { Button } from '../../wire/protocol.ts';
import type { Make } from './draw.ts';

export const choices = (make: Make, buttons: Button[], pressed: (action: string) => void): HTMLElement | null =>
  buttons.length
    ? make(
        'div',
        { class: 'choices' },
        ...buttons.map(({ text, action }, index) =>
          make('button', { class: index ? null : 'first', click: () => pressed(action) }, text),
        ),
      )
    : null;
