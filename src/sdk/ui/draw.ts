/**
 * Makes elements. Text becomes text nodes and nothing else, so that nothing that was sent to a customer can become markup.
 */
/** A function listens to the event of its name; `null` is nothing. */
type Attributes = { [name: string]: string | null | ((event: Event) => void) };

/** `null` is nothing. */
export type Part = Node | string | null;

export type Make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Attributes,
  ...parts: Part[]
) => HTMLElementTagNameMap[Tag];

const set = (element: Element, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== null) element.setAttribute(name, value);
};

export const makeIn =
  (document: Document): Make =>
  (tag, attributes = {}, ...parts) => {
    const made = document.createElement(tag);
    set(made, attributes);
    made.append(...parts.filter((part) => part !== null));
    return made;
  };

/** Strokes in a square of 24. */
export const icons = {
  close: 'M6 6l12 12M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  star: 'M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z',
  delete: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
} as const;

/** A button that shows a drawing and says its name. */
export const iconButton = (
  make: Make,
  icon: keyof typeof icons,
  label: string,
  click: () => void,
): HTMLButtonElement => {
  const button = make('button', { class: `icon ${icon}`, 'aria-label': label, click });
  const draw = (into: Element, tag: string, attributes: Attributes): Element => {
    const drawn = button.ownerDocument.createElementNS('http://www.w3.org/2000/svg', tag);
    set(drawn, attributes);
    into.append(drawn);
    return drawn;
  };
  draw(draw(button, 'svg', { viewBox: '0 0 24 24' }), 'path', { d: icons[icon] });
  return button;
};
