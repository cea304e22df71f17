import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/temporary.ts",
    // The default leaves one processor idle: half of a small machine.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          // No test is about time; a busy machine is slow.
          testTimeout: 60_000,
          // They share nothing that changes; importing the sources once a worker saves two thirds of the time.
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: ["test/oracle/**", "test/e2e/**"],
        },
      },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: {
          name: "oracle",
          include: ["test/oracle/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
