type Child = Node | string | undefined | false;

interface Properties {
  class?: string | undefined;
  text?: string | undefined;
  onclick?: (event: MouseEvent) => void;
  /** Any attribute; false and undefined leave it away. */
  [attribute: string]: unknown;
}

/** An element with its attributes and children, as `element("button", { class: "quiet", onclick }, ["Reset"])`. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text, onclick, ...attributes }: Properties = {},
  children: Child[] = [],
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      made.setAttribute(attribute, value === true ? "" : String(value));
  }
  if (text !== undefined) made.textContent = text;
  if (onclick) made.addEventListener("click", onclick as EventListener);
  for (const child of children) if (child) made.append(child);
  return made;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}.`);
  return found;
}
