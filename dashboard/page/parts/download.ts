/** Makes the browser save a file. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  // The browser has taken over the content by the next task.
  setTimeout(() => URL.revokeObjectURL(url));
}
