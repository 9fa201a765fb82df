import { mixedScripts } from "./mixed-scripts.ts";
import { withoutEmojiAndJoiners } from "./needed-joiners.ts";
import { faultOfCharacters, graphemes, hasMoreCharacters, type TextFault } from "./visible-text.ts";

const maxCharacters = 64;
// 64 flags, or letters of most scripts; a family is 25 bytes of it. The column has the same limit.
export const maxNameBytes = 512;

/** What is wrong with a trimmed name in NFC, for people who see it in a list among others; undefined when nothing is. */
export function faultOfName(name: string): TextFault | undefined {
  if (name === "") return { message: "must not be empty" };
  if (printableAscii.test(name) && name.length <= maxCharacters) return undefined;
  return faultOfLength(name) ?? faultOfCharacters(name) ?? faultOfScripts(name);
}

const printableAscii = /^[ -~]+$/;

/** Whether a name is too long; of names from before the other rules as well. */
export function faultOfLength(name: string): TextFault | undefined {
  if (hasMoreCharacters(name, maxCharacters))
    return { message: `must have at most ${maxCharacters} characters` };
  if (Buffer.byteLength(name) <= maxNameBytes) return undefined;
  return { message: `must have at most ${maxNameBytes} bytes in UTF-8` };
}

function faultOfScripts(name: string): TextFault | undefined {
  const mixed = mixedScripts(withoutEmojiAndJoiners(name, graphemes));
  if (!mixed) return undefined;
  const reason = "must be in one script, or in Latin with Chinese, Japanese or Korean";
  const scripts = mixed.map(({ name, example }) => `${name} (${example})`);
  const names = mixed.map(({ name }) => name);
  return {
    message: `${reason}; it mixes ${listed(scripts)}`,
    reason: `${reason}; it mixes ${listed(names)}`,
  };
}

const listed = (words: string[]) => `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
