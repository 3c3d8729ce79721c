import type { Erasing } from '../../../serving/erase.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'

/** What all contexts held of a person. */
type ErasedEverywhere = {
  /** How many things cannot be erased yet. */
  readonly awaited: number
  /** How many things there were, by context and by what they are. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/**
 * Has every context erase what it holds of a person who has left, one after the other. The first that fails ends it:
 * the caller erases everything again.
 */
export const eraseEverywhere = async (
  erasing: Erasing,
  { erasers, ...ports }: Pick<JobPorts, 'erasers' | 'executor' | 'readModels'>,
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
