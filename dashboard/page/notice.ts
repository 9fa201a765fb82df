import { element } from "./element.ts";

/** Sentences and the commands in them. */
export type Advice = (string | Node)[];

/** A notice instead of, or above, the figures: what is wrong and what to do. */
export function createNotice(container: HTMLElement) {
  let shown = "";
  return {
    show(kind: "info" | "problem", title: string, advice: Advice, action?: HTMLElement) {
      // Replacing it with the same text would make a screen reader repeat it.
      const text = [
        kind,
        title,
        ...advice.map((part) => (typeof part === "string" ? part : part.textContent)),
      ].join();
      if (text === shown) return;
      shown = text;
      container.replaceChildren(
        element("div", { class: `notice ${kind}` }, [
          element("h2", { text: title }),
          element("p", {}, advice),
          action,
        ]),
      );
    },
    clear() {
      shown = "";
      container.replaceChildren();
    },
  };
}

/** A command to run. */
export const command = (text: string) => element("code", { text });
