import type { Erasing } from '../../../serving/erase.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'

/** Result of an erasure in all contexts. */
type ErasedEverywhere = {
  /** Number of things that cannot be erased yet. */
  readonly awaited: number
  /** Numbers of erased things, by context and kind. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/**
 * Erases the data of a user who has left in every context, one after the other. The first failure ends it; the caller
 * then repeats all of it.
 */
export const eraseEverywhere = async (
  erasing: Erasing,
  { erasers, ...ports }: Pick<JobPorts, 'erasers' | 'executor' | 'readModels' | 'blobs' | 'sms'>,
): Promise<ErasedEverywhere> => {
  let awaited = 0
  const counts: Record<string, Readonly<Record<string, number>>> = {}
  for (const { context, erase } of erasers) {
    const erased = await erase(erasing, ports)
    awaited += erased.awaited
    if (Object.keys(erased.counts).length > 0) counts[context] = erased.counts
  }
  return { awaited, counts }
}
