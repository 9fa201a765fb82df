import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { Placement } from "./placement.ts";

/** What the outputs of a stack's last successful update say of it; empty for a new stack, or one from before there were such outputs. */
export interface LastUpdate {
  placement?: Placement | undefined;
  rawRetentionDays?: number | undefined;
}

/** Reads the program's own stack, which returns the outputs of its last update, before any resource is registered. */
export async function readLastUpdate(): Promise<LastUpdate> {
  const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference("last-update", { name: stack });
  const last = async (output: string) => (await reference.getOutputDetails(output)).value;
  return {
    placement: Placement.safeParse(await last("placement")).data,
    rawRetentionDays: z.number().safeParse(await last("rawRetentionDays")).data,
  };
}
