/**
 * Makes elements. Text becomes text nodes and nothing else, so that no payload can ever become markup.
 */
type Attributes = { [name: string]: string | number | boolean | null };

const withParts = <Made extends Element>(made: Made, attributes: Attributes, parts: (Node | string)[]): Made => {
  for (const [name, value] of Object.entries(attributes))
    if (value !== false && value !== null) made.setAttribute(name, value === true ? '' : String(value));
  made.append(...parts);
  return made;
};

export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...parts: (Node | string)[]
): HTMLElementTagNameMap[Tag] => withParts(document.createElement(tag), attributes, parts);

export const shape = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...parts: (Node | string)[]
): SVGElementTagNameMap[Tag] =>
  withParts(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, parts);

/** The element that live.html has under this id; its absence is a mistake of ours, told at once. */
export const byId = <Made extends Element = HTMLElement>(id: string): Made => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`live.html has no #${id}`);
  return found as Element as Made;
};

export const tableRow = (heads: string[], cells: (Node | string)[]): HTMLTableRowElement =>
  element(
    'tr',
    { role: 'row' },
    ...cells.map((cell, index) => element('td', { role: 'cell', 'data-head': heads[index] ?? '' }, cell)),
  );

/**
 * A table that scrolls by itself where it is too wide, and can be scrolled by keyboard. On a phone its style makes a card
 * of every row, which takes a table's meaning from it: the roles give it back.
 */
export const table = (caption: string, heads: string[], rows: (Node | string)[][]): HTMLElement =>
  element(
    'section',
    { class: 'table', 'aria-label': caption, tabindex: 0 },
    element(
      'table',
      { role: 'table' },
      element('caption', { class: 'unseen' }, caption),
      element(
        'thead',
        { role: 'rowgroup' },
        element(
          'tr',
          { role: 'row' },
          ...heads.map((head) => element('th', { scope: 'col', role: 'columnheader' }, head)),
        ),
      ),
      element('tbody', { role: 'rowgroup' }, ...rows.map((cells) => tableRow(heads, cells))),
    ),
  );

export const note = (text: string): HTMLElement => element('p', { class: 'note' }, text);
