import createFetchClient, { type Client } from "openapi-fetch";
import type { paths } from "./api.ts";
import {
  type CallOptions,
  dataOf,
  defined,
  type Query,
  type Schemas,
  type WriteOptions,
  writing,
} from "./calls.ts";
import { mayBeDone } from "./may-be-done.ts";
import { memberMethods } from "./members.ts";
import { entriesOf } from "./pages.ts";
import { refuseOtherPaths } from "./path-parameters.ts";
import { createRetryingFetch, type RetryOptions, type Token } from "./retrying-fetch.ts";

export interface ClanClientOptions extends RetryOptions {
  /** Where the service is, such as `https://clans.example.com`. */
  baseUrl: string;
  /** Needed to write, and to read activity, once the service has API keys. */
  apiKey?: string;
  /**
   * Instead of a key, in a game client: the player's token, or a function that returns a valid one. It is called for each attempt of
   * a request, because a token may expire between two; what it throws ends the call.
   */
  token?: Token;
  /** Sends the requests, instead of the global `fetch`. */
  fetch?: typeof fetch;
}

interface ImportOptions extends WriteOptions {
  contentType: "text/csv" | "application/x-ndjson";
  /** The body is packed already. */
  contentEncoding?: "gzip";
  maxRejects?: number;
}

/** The service ends an import after two minutes, by default; its answer is to arrive first. */
const importTimeoutMs = 130_000;

export type ClanClient = ReturnType<typeof createClanClient>;

/**
 * A client of the clan service. Each method is an operation of its OpenAPI document.
 * @throws {ApiError} from every method, when the answer is an error, after the retries
 * @throws {ConnectionError} from every method, when there is no answer, after the retries
 * @throws {TypeError} from every method with an id in its path, when the id is `.`, `..` or empty: nothing is sent
 */
export function createClanClient({ baseUrl, apiKey, token, fetch, ...retries }: ClanClientOptions) {
  if (token !== undefined && apiKey !== undefined)
    throw new TypeError("Pass apiKey or token to createClanClient, not both.");
  const sending = { send: fetch, token };
  const api: Client<paths> = createFetchClient<paths>({
    baseUrl: baseUrl.replace(/\/+$/, ""),
    fetch: createRetryingFetch(retries, sending),
    ...(apiKey !== undefined && { headers: { authorization: `Bearer ${apiKey}` } }),
  });

  api.use(refuseOtherPaths);

  return {
    /** All operations by method and path, also those without a method here; errors are returned, not thrown. */
    api,

    async createClan(
      body: Schemas["CreateClanRequest"],
      options: WriteOptions = {},
    ): Promise<Schemas["Clan"]> {
      return dataOf(await api.POST("/clans", { body, ...writing(options) }));
    },

    async getClan(id: string, options: CallOptions = {}): Promise<Schemas["Clan"]> {
      return dataOf(await api.GET("/clans/{id}", { params: { path: { id } }, ...options }));
    },

    /**
     * Changes what the patch has; null takes away a region or a description. `ifMatch` is the ETag of the version that was read. When
     * an answer was lost, and the clan is as the patch asks then, it succeeds whatever its version is.
     */
    async changeClan(
      id: string,
      body: Schemas["ChangeClanRequest"],
      { ifMatch, ...options }: CallOptions & { ifMatch?: string } = {},
    ): Promise<Schemas["Clan"]> {
      const header = defined({ "if-match": ifMatch });
      const answer = await api.PATCH("/clans/{id}", { params: { path: { id }, header }, body, ...options });
      // Perhaps it is another version because an attempt whose answer was lost made it so.
      if (answer.response.status === 412 && mayBeDone(answer.response)) {
        const clan = dataOf(await api.GET("/clans/{id}", { params: { path: { id } }, ...options }));
        if (isAsAsked(clan, body)) return clan;
      }
      return dataOf(answer);
    },

    /** `ifMatch` is the ETag of the version that was read; of another one, nothing is deleted (412). */
    async deleteClan(
      id: string,
      { ifMatch, ...options }: CallOptions & { ifMatch?: string } = {},
    ): Promise<void> {
      const header = defined({ "if-match": ifMatch });
      dataOf(await api.DELETE("/clans/{id}", { params: { path: { id }, header }, ...options }));
    },

    /** All clans, or those that pass a filter, newest first; with a name, the one that has it; with ids, these. */
    listClans(query: Query<"listClans"> = {}, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(await api.GET("/clans", { params: { query: defined({ ...query, page_token }) }, ...options }));
      return entriesOf(read, ({ clans }) => clans);
    },

    /** The clans whose names contain a text, newest first. */
    searchClans(query: Query<"searchClans">, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/clans/search", {
            params: { query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ clans }) => clans);
    },

    /** The clans with most victories or matches of the last days, as of the last minute. */
    async getLeaderboard(
      query: Query<"getLeaderboard"> = {},
      options: CallOptions = {},
    ): Promise<Schemas["Leaderboard"]> {
      return dataOf(await api.GET("/clans/leaderboard", { params: { query: defined(query) }, ...options }));
    },

    /** What the members of a clan did from one day to another, by day and by member. */
    async getClanActivity(
      id: string,
      query: Query<"getClanActivity"> = {},
      options: CallOptions = {},
    ): Promise<Schemas["ClanActivity"]> {
      const params = { path: { id }, query: defined(query) };
      return dataOf(await api.GET("/clans/{id}/activity", { params, ...options }));
    },

    /** Stores up to 1000 rows, all or none. */
    async storeActivity(
      rows: Schemas["ActivityRow"][],
      options: WriteOptions = {},
    ): Promise<Schemas["BatchReport"]> {
      return dataOf(await api.POST("/user-activity", { body: { rows }, ...writing(options) }));
    },

    /** Stores the valid rows of a file, and reports the others. */
    async importActivity(
      body: string | Uint8Array<ArrayBuffer> | Blob,
      { contentType, contentEncoding, maxRejects, ...options }: ImportOptions,
    ): Promise<Schemas["ImportReport"]> {
      const { params, ...others } = writing(options);
      return dataOf(
        await api.POST("/user-activity/import", {
          params: { ...params, query: defined({ max_rejects: maxRejects }) },
          headers: {
            "content-type": contentType,
            ...(contentEncoding && { "content-encoding": contentEncoding }),
          },
          body: body as string,
          bodySerializer: (bytes: unknown) => bytes,
          fetch: createRetryingFetch({ timeoutMs: importTimeoutMs, ...retries }, sending),
          ...others,
        }),
      );
    },

    /** A user's rows, newest day first. */
    listActivity(query: Query<"listActivity">, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/user-activity", {
            params: { query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ rows }) => rows);
    },

    async eraseActivity(user_id: string, options: CallOptions = {}): Promise<void> {
      dataOf(await api.DELETE("/users/{user_id}/activity", { params: { path: { user_id } }, ...options }));
    },

    ...memberMethods(api),

    async getHealth(options: CallOptions = {}): Promise<Schemas["Health"]> {
      return dataOf(await api.GET("/health", { ...options }));
    },
  };
}

/** Whether a clan is as a patch asks; not when the service stores it in another form, such as a region in upper case. */
function isAsAsked(clan: Schemas["Clan"], patch: Schemas["ChangeClanRequest"]): boolean {
  const fields = Object.entries(defined(patch)) as [keyof typeof patch, unknown][];
  return fields.every(([field, value]) => clan[field] === value);
}
