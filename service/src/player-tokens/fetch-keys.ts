import type { FetchImplementation } from "jose";
import { z } from "zod";

/** Large issuers publish some 10 KB. */
const maxBytes = 256 * 1_024;

const Key = z.looseObject({ kty: z.string() });
const isKey = (key: unknown) => Key.safeParse(key).success;

// What is no key is left out, so that it does not take the others with it: https://www.rfc-editor.org/rfc/rfc7517#section-5
const KeySet = z.object({
  keys: z
    .array(z.unknown())
    .refine((keys) => keys.length === 0 || keys.some(isKey))
    .transform((keys) => keys.filter(isKey)),
});

/** The issuer's keys can't be fetched, or are none. */
export class KeysUnavailable extends Error {
  override name = "KeysUnavailable";

  constructor(url: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The keys of player tokens can't be read from ${url}: ${why}`, { cause });
  }
}

/**
 * Fetches a JSON Web Key Set: at most 256 KiB, which have to be one.
 * @throws {KeysUnavailable}
 */
export const fetchKeys: FetchImplementation = async (url, options) => {
  try {
    const response = await fetch(url, options);
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`the answer is ${response.status}, not 200`);
    }
    const text = await readAtMost(response, maxBytes);
    return Response.json(KeySet.parse(JSON.parse(text)));
  } catch (cause) {
    throw new KeysUnavailable(url, reasonOf(cause));
  }
};

async function readAtMost(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > limit) throw new Error(`it has more than ${limit / 1_024} KiB`);
    chunks.push(chunk);
  }
  // Without a byte order mark, which no JSON parser takes.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function reasonOf(error: unknown): unknown {
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return new Error("it is not a JSON Web Key Set");
  // `fetch failed` does not say why; its cause does.
  return error instanceof TypeError && error.cause ? error.cause : error;
}
