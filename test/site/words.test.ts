import { expect, it } from "vitest";
import { Words } from "../../src/site/words.ts";

const words = new Words("front webapp s3");

it.each(["front", "shop-front", "FRONT_1", "front2", "web-app", "webapp.internal", "s3", "my.s3.example"])(
  "finds a word in %s",
  (name) => expect(words.areIn(name)).toBe(true),
);

it.each(["frontier", "confront", "app", "web", "s", "s33x", "127.0.0.1", ""])("finds none in %j", (name) =>
  expect(words.areIn(name)).toBe(false),
);
