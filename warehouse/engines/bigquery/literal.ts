/** A literal of a text; the escapes of JSON are among GoogleSQL's. */
export const literal = (text: string) => JSON.stringify(text);
