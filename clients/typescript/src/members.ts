import type { Client } from "openapi-fetch";
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
import { linesOf } from "./lines.ts";
import { entriesOf } from "./pages.ts";

type Member = Schemas["Member"];
type Pending = Schemas["PendingMembership"];

/** The methods about members of clans, and about all that is held about a person. */
export function memberMethods(api: Client<paths>) {
  return {
    /** The members of a clan, the leader first. */
    listMembers(id: string, query: Query<"listMembers"> = {}, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/clans/{id}/members", {
            params: { path: { id }, query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ members }) => members);
    },

    /** The clan that a player is in, and their part in it. */
    async getOwnClan(user_id: string, options: CallOptions = {}): Promise<Schemas["OwnClan"]> {
      return dataOf(await api.GET("/users/{user_id}/clan", { params: { path: { user_id } }, ...options }));
    },

    async joinClan(id: string, user_id: string, options: CallOptions = {}): Promise<Member> {
      const params = { path: { id, user_id } };
      return dataOf(await api.PUT("/clans/{id}/members/{user_id}", { params, ...options }));
    },

    async changeMember(
      id: string,
      user_id: string,
      body: Schemas["ChangeMemberRequest"],
      options: CallOptions = {},
    ): Promise<Member> {
      const params = { path: { id, user_id } };
      return dataOf(await api.PATCH("/clans/{id}/members/{user_id}", { params, body, ...options }));
    },

    /** Ends a membership: the player has left, or others removed them. */
    async leaveClan(
      id: string,
      user_id: string,
      { reason, ...options }: CallOptions & { reason?: "left" | "kicked" } = {},
    ): Promise<void> {
      const params = { path: { id, user_id }, query: defined({ reason }) };
      dataOf(await api.DELETE("/clans/{id}/members/{user_id}", { params, ...options }));
    },

    async createJoinRequest(id: string, user_id: string, options: WriteOptions = {}): Promise<Pending> {
      const { params, ...others } = writing(options);
      return dataOf(
        await api.POST("/clans/{id}/join-requests", {
          params: { ...params, path: { id } },
          body: { user_id },
          ...others,
        }),
      );
    },

    /** The join requests of a clan, oldest first. */
    listJoinRequests(id: string, query: Query<"listJoinRequests"> = {}, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/clans/{id}/join-requests", {
            params: { path: { id }, query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ entries }) => entries);
    },

    /** The join requests of a player, oldest first. */
    listOwnJoinRequests(
      user_id: string,
      query: Query<"listOwnJoinRequests"> = {},
      options: CallOptions = {},
    ) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/users/{user_id}/join-requests", {
            params: { path: { user_id }, query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ entries }) => entries);
    },

    async acceptJoinRequest(id: string, user_id: string, options: WriteOptions = {}): Promise<Member> {
      const { params, ...others } = writing(options);
      return dataOf(
        await api.POST("/clans/{id}/join-requests/{user_id}/accept", {
          params: { ...params, path: { id, user_id } },
          ...others,
        }),
      );
    },

    async deleteJoinRequest(id: string, user_id: string, options: CallOptions = {}): Promise<void> {
      const params = { path: { id, user_id } };
      dataOf(await api.DELETE("/clans/{id}/join-requests/{user_id}", { params, ...options }));
    },

    async createInvitation(id: string, user_id: string, options: WriteOptions = {}): Promise<Pending> {
      const { params, ...others } = writing(options);
      return dataOf(
        await api.POST("/clans/{id}/invitations", {
          params: { ...params, path: { id } },
          body: { user_id },
          ...others,
        }),
      );
    },

    /** The invitations of a clan, oldest first. */
    listInvitations(id: string, query: Query<"listInvitations"> = {}, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/clans/{id}/invitations", {
            params: { path: { id }, query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ entries }) => entries);
    },

    /** The invitations of a player, oldest first. */
    listOwnInvitations(user_id: string, query: Query<"listOwnInvitations"> = {}, options: CallOptions = {}) {
      const read = async (page_token?: string) =>
        dataOf(
          await api.GET("/users/{user_id}/invitations", {
            params: { path: { user_id }, query: defined({ ...query, page_token }) },
            ...options,
          }),
        );
      return entriesOf(read, ({ entries }) => entries);
    },

    async acceptInvitation(id: string, user_id: string, options: WriteOptions = {}): Promise<Member> {
      const { params, ...others } = writing(options);
      return dataOf(
        await api.POST("/clans/{id}/invitations/{user_id}/accept", {
          params: { ...params, path: { id, user_id } },
          ...others,
        }),
      );
    },

    async deleteInvitation(id: string, user_id: string, options: CallOptions = {}): Promise<void> {
      const params = { path: { id, user_id } };
      dataOf(await api.DELETE("/clans/{id}/invitations/{user_id}", { params, ...options }));
    },

    /** All that is held about a person, in pieces that each have a `type`. */
    async *exportUser(user_id: string, options: CallOptions = {}): AsyncGenerator<ExportedPiece> {
      const params = { path: { user_id } };
      const answer = await api.GET("/users/{user_id}/export", { params, parseAs: "stream", ...options });
      for await (const line of linesOf(dataOf(answer))) yield JSON.parse(line);
    },

    /** Erases a person. */
    async eraseUser(user_id: string, options: CallOptions = {}): Promise<void> {
      dataOf(await api.DELETE("/users/{user_id}", { params: { path: { user_id } }, ...options }));
    },
  };
}

/** A line of an export. */
export type ExportedPiece = { type: string; user_id: string } & Record<string, unknown>;
