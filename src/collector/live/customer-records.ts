/**
 * What a person may ask an operator for: everything that is kept of them, as a file, or that nothing is kept any more.
 */
import { byId } from './draw.ts';
import type { ReadApi } from './read-api.ts';
import { nameOf, type Whose } from './whose.ts';
import { countOf } from './words.ts';

interface RecordsNeeds {
  api: Pick<ReadApi, 'erase' | 'exported'>;
  shown(): Whose | null;
  onErased(whose: Whose): void;
  onProblem(problem: unknown): void;
}

const save = (name: string, document_: unknown): void => {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
};

export const createCustomerRecords = ({ api, shown, onErased, onProblem }: RecordsNeeds): void => {
  const said = byId('records-said');
  const exportNow = async (whose: Whose): Promise<void> => {
    save(`${nameOf(whose).replace(/[^\w.-]+/g, '-')}.json`, await api.exported(whose));
    said.textContent = 'Everything that is kept is in the file.';
  };
  const eraseNow = async (whose: Whose): Promise<void> => {
    if (!confirm(`Erase ${nameOf(whose)}? Every event of theirs and everything known of them goes, for good.`)) return;
    const { receipt, events } = await api.erase(whose);
    said.textContent = `Erased, with ${countOf(events, 'event')}. The receipt is ${receipt}.`;
    onErased(whose);
  };
  const onPress = (id: string, work: (whose: Whose) => Promise<void>): void =>
    byId(id).addEventListener('click', () => {
      const whose = shown();
      said.textContent = '';
      if (whose) work(whose).catch(onProblem);
    });
  onPress('export', exportNow);
  onPress('erase', eraseNow);
};
