import { element } from "./element.ts";

/** Sentences, with the commands in them. */
export type Advice = (string | Node)[];

/** What the reader is told instead of, or above, the figures: what is so, and what to do. */
export function createNotice(place: HTMLElement) {
  let shown = "";
  return {
    show(kind: "info" | "problem", title: string, advice: Advice, action?: HTMLElement) {
      // Said anew, a screen reader would read the same again.
      const text = [
        kind,
        title,
        ...advice.map((part) => (typeof part === "string" ? part : part.textContent)),
      ].join();
      if (text === shown) return;
      shown = text;
      place.replaceChildren(
        element("div", { class: `notice ${kind}` }, [
          element("h2", { text: title }),
          element("p", {}, advice),
          action,
        ]),
      );
    },
    clear() {
      shown = "";
      place.replaceChildren();
    },
  };
}

/** A command to type. */
export const command = (text: string) => element("code", { text });
