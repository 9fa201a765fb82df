import type { ComponentChildren } from "preact";

/** A place for what may be wider than the page: reached with the keyboard, so that it can be scrolled with it. */
export function ScrollArea({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it must be reached to be scrolled.
    <div class="scroll" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
