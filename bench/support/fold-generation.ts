import type { Generation } from '../../src/platform/storage/documents/port.ts'
import { projectGeneration, type GenerationRun } from '../../src/runtime/project-generation.ts'

/**
 * Folds a generation from its position to another, by this process alone.
 * @param ports.until position to end at
 * @throws Error of the first slice that fails
 * @returns the position reached
 */
export const foldGeneration = (
  generation: Generation,
  ports: Pick<GenerationRun, 'feed' | 'documents' | 'letters' | 'control'> & {
    readonly until: bigint
  },
): Promise<bigint> =>
  projectGeneration(generation, {
    ...ports,
    isHeld: () => true,
    catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
    signal: new AbortController().signal,
    onError: (error) => {
      throw error
    },
  })
