/**
 * `on('segment:NAME')`: whoever listens hears whether the customer is in the segment, once at the start and then whenever
 * they enter or leave it. Knows not when that may be: it is told to look. A customer who is gone is in no segment.
 */
import type { Callbacks } from '../callbacks.ts';
import type { SmarticoError, Tell } from '../notice.ts';
import type { Segments } from './segments.ts';

const PREFIX = 'segment:';
export const segmentKey = (name: string): string => PREFIX + name;

export interface SegmentEarsNeeds {
  callbacks: Pick<Callbacks, 'on' | 'keys' | 'heard' | 'emit' | 'emitSticky' | 'forget'>;
  match: Segments['match'];
  tell: Tell;
}

export interface SegmentEars {
  /** What the customer is in may be another than it was. */
  look(): Promise<void>;
  /** Another customer, or none. */
  forget(): void;
}

export const createSegmentEars = ({ callbacks, match, tell }: SegmentEarsNeeds): SegmentEars => {
  const told = new Map<string, boolean>();
  /** Grows with every look: an answer that a later one overtook is old. */
  let looks = 0;
  const drop = (name: string) => {
    told.delete(name);
    callbacks.forget(segmentKey(name));
  };

  const look = async () => {
    const names = callbacks
      .keys()
      .filter((key) => key.startsWith(PREFIX) && callbacks.heard(key))
      .map((key) => key.slice(PREFIX.length));
    // What nobody listened to meanwhile is nobody's news later.
    for (const name of told.keys()) if (!names.includes(name)) drop(name);
    looks++;
    const mine = looks;
    try {
      for (const { segment_id, is_matching } of names.length ? await match(names) : []) {
        const name = `${segment_id}`;
        if (mine !== looks) return;
        if (told.get(name) === is_matching) continue;
        told.set(name, is_matching);
        callbacks.emitSticky(segmentKey(name), is_matching);
      }
    } catch (cause) {
      // The next identify looks again: where nobody is known yet there is nothing to tell, either.
      const { code, message } = cause as SmarticoError;
      if (code !== 'not_identified') tell(code, 'segments', message);
    }
  };
  callbacks.on(':listened', look);
  void look();

  return {
    look,
    forget() {
      looks++;
      for (const [name, was] of told) {
        drop(name);
        if (was) callbacks.emit(segmentKey(name), false);
      }
    },
  };
};
