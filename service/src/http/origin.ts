/** Whether a text is an origin as browsers send it: a scheme, a host and maybe a port, in lower case; no path, no wildcard, and not "null", which any sandboxed page sends. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\/[\w.:[\]-]+$/.test(text) && URL.parse(text)?.origin === text;
}
