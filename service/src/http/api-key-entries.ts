/** What an API key may allow. Each protected operation requires one of them (`requires` in `access.ts`). */
export const scopes = [
  "clans:write",
  "members:read",
  "members:write",
  "activity:write",
  "activity:read",
  "users:export",
  "users:erase",
] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  /** Of the caller: logs have it, and idempotency keys belong to it. Two keys may share one while a key is being rotated. */
  name: string;
  /** SHA-256 of the key, in hex. */
  hash: string;
  scopes: readonly Scope[];
}

const namedEntry = /^([a-z0-9][\w.-]{0,63}):([0-9a-f]{64})(?::(.*))?$/i;
const bareEntry = /^[0-9a-f]{64}$/i;
const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Parses entries `NAME:SHA256:SCOPE,SCOPE`, separated by commas or whitespace. `*` stands for all scopes, which a bare
 * SHA256 has as well; its name is made of the hash.
 * @throws {TypeError} that says which entry is wrong and how, without showing what may be a key
 */
export function parseApiKeys(text: string): ApiKey[] {
  const keys: (ApiKey & { scopes: Scope[] })[] = [];
  let isBare = false;
  for (const token of text.split(/[\s,]+/).filter(Boolean)) {
    const [, name, namedHash, first] = namedEntry.exec(token) ?? [];
    const hash = (namedHash ?? (bareEntry.test(token) ? token : undefined))?.toLowerCase();
    const last = keys.at(-1);
    if (hash === undefined) {
      if (!last || !token.includes(":")) throw new TypeError(`entry ${keys.length + 1} is neither`);
      const added = scopesOf(token, last.name);
      if (isBare)
        throw new TypeError(`entry ${keys.length} is a bare hash, which has all scopes: give it a name`);
      last.scopes.push(...added);
      continue;
    }
    if (hash === hashOfNothing) throw new TypeError(`entry ${keys.length + 1} has the hash of an empty key`);
    const known = keys.find((key) => key.hash === hash);
    if (known) throw new TypeError(`entry ${keys.length + 1} has the same hash as ${known.name}`);
    isBare = name === undefined;
    if (name === undefined) keys.push({ name: `key-${hash.slice(0, 8)}`, hash, scopes: [...scopes] });
    else keys.push({ name, hash, scopes: scopesOf(first ?? "", name) });
  }
  return keys;
}

function scopesOf(text: string, name: string): Scope[] {
  if (text === "*") return [...scopes];
  const scope = scopes.find((scope) => scope === text);
  if (scope) return [scope];
  const what = text === "" ? "names no scope" : "has a scope that does not exist";
  throw new TypeError(`${name} ${what}; the scopes are ${scopes.join(", ")}, and * for all`);
}
