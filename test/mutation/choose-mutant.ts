import { setMaxListeners } from 'node:events'
import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { parentPort } from 'node:worker_threads'
import { afterAll, inject } from 'vitest'
import { mutatedPart } from './parts.ts'

declare module 'vitest' {
  // Stryker's runner provides these.
  interface ProvidedContext {
    mode: string
    mutantActivation: string
    activeMutant: string
  }
}

// Each run leaves a listener in the thread that it shares with others.
if (parentPort) setMaxListeners(0, parentPort)

/** What the mutated code reads. */
const mutation: { activeMutant?: string | undefined; hitCount?: number } = Reflect.get(
  globalThis,
  '__stryker__',
)

if (inject('mode') === 'mutant' && inject('mutantActivation') === 'runtime') {
  mutation.activeMutant = undefined
  // Modules are imported without a mutant, once in a thread; the test file is imported with it at each run.
  const { mutate, spared } = mutatedPart()
  for (const file of globSync(mutate, { exclude: spared })) await import(resolve(file))
  mutation.activeMutant = inject('activeMutant')
  mutation.hitCount = 0
}

afterAll(() => {
  mutation.activeMutant = undefined
})
