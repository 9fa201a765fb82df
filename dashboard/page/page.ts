import { createPage } from "./state/page.ts";

/** The page. Loading its first figures has already started. */
export const page = createPage();
void page.refresh();
