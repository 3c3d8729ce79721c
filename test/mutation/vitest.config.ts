import { defineConfig } from 'vitest/config'

// Tests of rules alone: they need no database, and take milliseconds.
export default defineConfig({
  test: {
    include: [
      'src/kernel/**/*.test.ts',
      'src/domains/*/*.test.ts',
      'src/sagas/*.test.ts',
      'src/projections/*.test.ts',
    ],
    exclude: ['**/channel.test.ts', '**/routes.test.ts', 'src/projections/indexes.test.ts'],
  },
})
