import { stackOf } from "@clan-platform/infra/recording/stack-files.ts";
import { expect, it } from "vitest";
import { stackOption } from "./stack-option.ts";

it("takes the stacks that have a file, whose names may have dots", () => {
  const files = ["Pulumi.prod.yaml", "Pulumi.game.dev.yaml", "Pulumi.yaml", "compose.yaml"];
  const parse = (stack: string) => stackOption(files).parseArg?.(stack, undefined);
  expect(["prod", "game.dev"].map(parse)).toEqual(["prod", "game.dev"]);
  expect(files.map(stackOf).filter(Boolean)).toEqual(["prod", "game.dev"]);
  expect(() => parse("dev")).toThrow();
});
