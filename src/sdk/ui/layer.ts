/**
 * Where everything is drawn: one closed shadow root on an element of ours, out of reach of the page's styles. Owns modal
 * sheets: their place above the page, their focus, and the ways to close them. Knows no product.
 */
import { type Make, makeIn, type Part } from './draw.ts';
import look from './look.css';

/** A modal dialog. The browser keeps focus inside, gives it back at the end, and puts it above whatever the page stacks. */
export interface Sheet {
  dialog: HTMLDialogElement;
  show(): void;
  /** Idempotent; `closed` hears of the first. */
  close(): void;
}

export interface SheetParts {
  /** What it is, as the style sheet calls it. */
  kind: string;
  /** What a screen reader calls it. */
  label: string;
  dir: string;
  /** In CSS pixels. */
  size?: { width: number; height: number };
  closed(): void;
}

export interface Layer {
  root: Window & typeof globalThis;
  make: Make;
  sheet(parts: SheetParts, ...content: Part[]): Sheet;
}

export const createLayer = (root: Layer['root'], name: string, skin: () => string): Layer => {
  const { document } = root;
  const make = makeIn(document);
  const host = make('div', { 'data-layer': name });
  const shadow = host.attachShadow({ mode: 'closed' });
  const styles = new root.CSSStyleSheet();
  styles.replaceSync(look);
  // A policy forbids inline styles; a rule of a sheet says the same.
  const sizes = new root.CSSStyleSheet();
  shadow.adoptedStyleSheets.push(styles, sizes);
  return {
    root,
    make,
    sheet({ kind, label, dir, size, closed }, ...content) {
      const box = make('div', { class: 'box' }, ...content);
      const dialog = make('dialog', { class: kind, 'aria-label': label, dir }, box);
      if (size) sizes.replaceSync(`.${kind}{--width:${+size.width}px;--height:${+size.height}px}`);
      let open = true;
      let frame: HTMLIFrameElement | null = null;
      const close = () => {
        if (!open) return;
        open = false;
        dialog.close();
        dialog.remove();
        // What had the focus in a frame of another process loses it to a modal dialog, and so does the frame (Chromium).
        frame?.focus();
        closed();
      };
      // What is typed here is no shortcut of the page's.
      dialog.addEventListener('keydown', (event) => {
        event.stopPropagation();
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close();
      });
      // The gesture that is like Escape on a phone.
      dialog.addEventListener('close', close);
      // The box covers the dialog: what hits the dialog itself hit what lies behind it. A text that is selected beyond
      // the edge ends there too, but does not begin there.
      let pressed: EventTarget | null = null;
      dialog.addEventListener('pointerdown', ({ target }) => {
        pressed = target;
      });
      dialog.addEventListener('click', ({ target }) => target === dialog && pressed === dialog && close());
      // Beside the body: sites replace that.
      if (!host.isConnected) document.documentElement.append(host);
      host.dataset.skin = skin();
      shadow.append(dialog);
      const show = () => {
        if (document.activeElement instanceof root.HTMLIFrameElement) frame = document.activeElement;
        dialog.showModal();
      };
      return { dialog, show, close };
    },
  };
};
