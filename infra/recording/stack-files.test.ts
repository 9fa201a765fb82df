import { expect, it } from "vitest";
import { stackOf, stacks } from "./stack-files.ts";

it("a stack has a file that is named after it, with dots or without", () => {
  expect(stacks()).toEqual(expect.arrayContaining(["dev", "prod"]));
  const files = [
    "Pulumi.dev.yaml",
    "Pulumi.my-game_2.eu.yaml",
    "Pulumi.yaml",
    "Pulumi.dev.yaml.orig",
    "compose.yaml",
  ];
  expect(files.map(stackOf)).toEqual(["dev", "my-game_2.eu", undefined, undefined, undefined]);
});
