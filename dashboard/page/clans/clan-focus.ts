import { useLayoutEffect, useRef } from "preact/hooks";

/** The heading of a clan's page. */
export const clanHeading = "clan-heading";
/** The field that clans are searched with. */
export const clanField = "clan-field";

/** Which of the links to a clan was used: the list and the clan. */
interface Origin {
  list: string;
  clan: string;
}

/**
 * Moves the focus to the heading of a clan that is opened, and back to its link, or else to the search field, when it is closed: what
 * had the focus is gone then. Elsewhere the focus is left alone. Returns what to call when a link is used.
 */
export function useClanFocus(clan: string | undefined): (origin: Origin) => void {
  const shown = useRef(clan);
  const origin = useRef<Origin>(undefined);
  useLayoutEffect(() => {
    if (shown.current === clan) return;
    shown.current = clan;
    if (document.activeElement !== document.body) return;
    const target = clan === undefined ? linkOf(origin.current) : document.getElementById(clanHeading);
    (target ?? document.getElementById(clanField))?.focus();
  }, [clan]);
  return (used) => {
    origin.current = used;
  };
}

const linkOf = (origin: Origin | undefined): HTMLElement | null =>
  origin ? document.querySelector(`#${origin.list} a[data-clan="${CSS.escape(origin.clan)}"]`) : null;
