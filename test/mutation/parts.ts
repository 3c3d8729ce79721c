type Part = Readonly<Record<'mutate' | 'spared' | 'tests' | 'slow', string[]>>

/** By name, what is mutated (`mutate` without `spared`), and the tests that run (`tests` without `slow`, which need a database). */
export const parts = {
  rules: {
    mutate: ['src/kernel/*.ts', 'src/domains/*/*.ts', 'src/sagas/*.ts', 'src/projections/*.ts'],
    spared: ['src/**/{index,routes,channel,erase}.ts', 'src/**/*.test.ts', 'src/kernel/testing.ts'],
    tests: ['src/{kernel,sagas,projections,domains/*}/*.test.ts'],
    slow: ['**/{channel,erase,routes,indexes}.test.ts'],
  },
  services: {
    mutate: ['src/domains/*/services/*.ts'],
    spared: ['src/**/*.test.ts'],
    tests: ['src/domains/*/**/*.test.ts'],
    slow: ['**/{price-list,lists}.test.ts'],
  },
  runtime: {
    mutate: ['src/runtime/*.ts'],
    spared: ['src/**/*.test.ts'],
    tests: ['src/runtime/*.test.ts'],
    slow: [],
  },
} satisfies Record<string, Part>

/** `MUTATED_PART`: the part that a process mutates. */
export type PartName = keyof typeof parts
