import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@tieline/source', 'node'] },
  ssr: { resolve: { conditions: ['@tieline/source', 'node'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: [process.env['CI'] === undefined ? 'default' : 'dot', './test/closing-reporter.ts'],
    globalSetup: './test/server/postgres/lazy.ts',
    testTimeout: 20_000,
    maxWorkers: 2,
  },
})
