/**
 * Makes elements. Text becomes text nodes and nothing else: a nickname or a message's title can never become markup.
 */
type Attributes = { [name: string]: string | number | false | null };

export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...parts: (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== false && value !== null) made.setAttribute(name, String(value));
  made.append(...parts);
  return made;
};

export const button = (attributes: Attributes, onClick: () => void, ...parts: (Node | string)[]): HTMLButtonElement => {
  const made = element('button', { type: 'button', ...attributes }, ...parts);
  made.addEventListener('click', onClick);
  return made;
};

const SVG = 'http://www.w3.org/2000/svg';

/** A line drawing on a square of 16. */
export const icon = (line: string, name: string): SVGElement => {
  const drawn = document.createElementNS(SVG, 'svg');
  drawn.setAttribute('viewBox', '0 0 16 16');
  drawn.setAttribute('aria-hidden', 'true');
  drawn.setAttribute('class', name);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', line);
  drawn.append(path);
  return drawn;
};
