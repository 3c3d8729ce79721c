type Part = Readonly<Record<'mutate' | 'spared' | 'tests' | 'slow', string[]>>

/** By name, what is changed (`mutate` without `spared`), and the tests that run (`tests` without `slow`, which need a database). */
export const parts: Readonly<Record<string, Part>> = {
  rules: {
    mutate: ['src/kernel/*.ts', 'src/domains/*/*.ts', 'src/sagas/*.ts', 'src/projections/*.ts'],
    spared: ['src/**/{index,routes,channel,erase}.ts', 'src/**/*.test.ts', 'src/kernel/testing.ts'],
    tests: ['src/{kernel,sagas,projections,domains/*}/*.test.ts'],
    slow: ['**/{channel,routes,indexes}.test.ts'],
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
}

/** The part whose code this process changes: `MUTATED_PART`. */
export const mutatedPart = (): Part => {
  const part = parts[process.env['MUTATED_PART'] ?? '']
  if (!part) throw new Error(`MUTATED_PART must be one of ${Object.keys(parts).join(', ')}`)
  return part
}
