import { getJson } from "./requests.ts";
import { createPage } from "./state/page.ts";

/** The page. Loading its first figures has already started. */
export const page = createPage({
  search: () => location.search,
  write(search, how) {
    const url = `${location.pathname}${search}`;
    if (how === "push") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  },
  isHidden: () => document.hidden,
  getJson,
});
void page.refresh();
