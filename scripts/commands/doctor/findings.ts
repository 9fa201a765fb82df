/** The result of a check: the state that was found and, if it is not good enough for `pulumi up`, the commands that fix it. */
export interface Finding {
  about: string;
  isGood: boolean;
  found: string;
  remedies: string[];
}

export const good = (about: string, found: string): Finding => ({ about, isGood: true, found, remedies: [] });

export const bad = (about: string, found: string, ...remedies: string[]): Finding => ({
  about,
  isGood: false,
  found,
  remedies,
});
