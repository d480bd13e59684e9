/** Two ports that are each other's other end, in memory: what one says the other hears, never in the same task. */
import type { Port } from '../../src/bridge/port.ts';

interface End {
  texts: string[];
  heard?: ((text: string) => void) | undefined;
  open: boolean;
}

const portBetween = (mine: End, theirs: End): Port => ({
  send(text) {
    if (!mine.open || !theirs.open) return;
    theirs.texts.push(text);
    queueMicrotask(() => deliver(theirs));
  },
  listen(heard) {
    mine.heard = heard;
    queueMicrotask(() => deliver(mine));
  },
  close() {
    mine.open = false;
    mine.texts = [];
  },
});

const deliver = (end: End): void => {
  while (end.open && end.heard && end.texts.length) end.heard(end.texts.shift() as string);
};

export const memoryPorts = (): [Port, Port] => {
  const one: End = { texts: [], open: true };
  const other: End = { texts: [], open: true };
  return [portBetween(one, other), portBetween(other, one)];
};
