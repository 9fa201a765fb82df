import { useLayoutEffect } from "preact/hooks";

/** Moves the focus to the figures when what had it is gone with what it did, such as the notice that resets the filters. */
export function useKeptFocus(): void {
  // Before anything is drawn.
  const before = document.activeElement;
  useLayoutEffect(() => {
    if (document.activeElement !== document.body || before?.isConnected !== false) return;
    document.getElementById("figures")?.focus({ preventScroll: true });
  });
}
