type Child = Node | string | undefined | false;

interface Properties {
  class?: string | undefined;
  text?: string | undefined;
  onclick?: (event: MouseEvent) => void;
  /** Any attribute; false and undefined omit it. */
  [attribute: string]: unknown;
}

/** Creates an element with attributes and children, as in `element("button", { class: "quiet", onclick }, ["Reset"])`. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text, onclick, ...attributes }: Properties = {},
  children: Child[] = [],
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      created.setAttribute(attribute, value === true ? "" : String(value));
  }
  if (text !== undefined) created.textContent = text;
  if (onclick) created.addEventListener("click", onclick as EventListener);
  for (const child of children) if (child) created.append(child);
  return created;
}

/** Returns the element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}.`);
  return found;
}
