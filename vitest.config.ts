import { defineConfig } from 'vitest/config';
import ClosingLine from './test/support/closing-line.ts';

// The suffix says what a test needs: *.test.ts nothing, *.pg.test.ts a Postgres server, *.nats.test.ts a
// nats-server, *.web.test.ts a browser, test/system a whole cluster.
const servers = ['**/*.pg.test.ts', '**/*.nats.test.ts', '**/*.web.test.ts'];
const never = ['**/node_modules/**', '**/.cache/**'];

export default defineConfig({
  test: {
    // Half of what tests do is waiting: for servers, browsers, clusters.
    maxWorkers: 2,
    reporters: ['default', new ClosingLine()],
    projects: [
      { test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'], exclude: never } },
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'packages/*/src/**/*.test.tsx', 'test/golden/**/*.test.ts'],
          exclude: [...never, ...servers],
        },
      },
      {
        test: {
          name: 'pg',
          include: ['packages/*/src/**/*.pg.test.ts'],
          exclude: never,
          globalSetup: './test/support/postgres-run.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'nats',
          include: ['packages/*/src/**/*.nats.test.ts'],
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'web',
          include: ['packages/*/src/**/*.web.test.ts'],
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          exclude: never,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
