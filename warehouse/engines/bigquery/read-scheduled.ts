import { readTemplate } from "../../templates.ts";

/** A template of the scheduled queries' scripts. */
export const readScheduled = (file: string): string =>
  readTemplate(new URL(`scheduled/${file}`, import.meta.url));
