/** What a check found: how things are, and for what is not as `pulumi up` needs it, the commands that mend it. */
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
