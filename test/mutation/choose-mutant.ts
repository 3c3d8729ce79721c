import { setMaxListeners } from 'node:events'
import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { parentPort } from 'node:worker_threads'
import { afterAll, inject } from 'vitest'
import { parts, type PartName } from './parts.ts'

declare module 'vitest' {
  // Stryker's runner provides these.
  interface ProvidedContext {
    mode: string
    mutantActivation: string
    activeMutant: string
  }
}

type Mutation = {
  activeMutant?: string | undefined
  hitCount?: number
  mutantCoverage?: { static: Record<string, number> }
}

// Each run leaves a listener in the thread that it shares with others.
if (parentPort) setMaxListeners(0, parentPort)

/** What the mutated code reads and counts. */
const mutation: Mutation = Reflect.get(globalThis, '__stryker__') ?? {}

const isMutant = inject('mode') === 'mutant'
const isStatic = isMutant && inject('mutantActivation') === 'static'

if (!isStatic) {
  mutation.activeMutant = undefined
  // Mutated modules are imported without a mutant, once in a thread; test files are imported with it, at each run.
  const { mutate, spared } = parts[process.env['MUTATED_PART'] as PartName]
  for (const file of globSync(mutate, { exclude: spared })) await import(resolve(file))
}
if (isMutant && !isStatic)
  Object.assign(mutation, { activeMutant: inject('activeMutant'), hitCount: 0 })

const { mutantCoverage } = mutation
const coveredByImports = { ...mutantCoverage?.static }

afterAll(() => {
  mutation.activeMutant = undefined
  // Coverage by test files during their own import needs no other import of the mutated modules.
  if (mutantCoverage) mutantCoverage.static = coveredByImports
})
