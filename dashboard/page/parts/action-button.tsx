import type { ComponentChildren } from "preact";

interface ActionButtonProps {
  class?: string;
  /** There is nothing for it to do. */
  isIdle: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

/** A button that may have nothing to do. With `disabled`, it would lose the focus when it has done what there was to do. */
export function ActionButton({ class: className, isIdle, onClick, children }: ActionButtonProps) {
  return (
    <button type="button" class={className} aria-disabled={isIdle} onClick={isIdle ? undefined : onClick}>
      {children}
    </button>
  );
}
