import { parts } from './parts.ts'

const { mutate, spared } = parts[process.env.MUTATED_PART]
const temporary = `.stryker-tmp/${process.env.MUTATED_PART}`

export default {
  mutate: [...mutate, ...spared.map((files) => `!${files}`)],
  // Texts and names of fields are not rules.
  mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  ignorePatterns: ['.stryker-tmp', 'docs', 'infra', 'bench', 'test/journeys'],
  tsconfigFile: 'none.json',
  tempDirName: temporary,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: `${temporary}.json` },
  clearTextReporter: {
    logTests: false,
    reportTests: false,
    reportScoreTable: false,
    allowColor: false,
  },
  warnings: { slow: false },
  concurrency: 1,
}
