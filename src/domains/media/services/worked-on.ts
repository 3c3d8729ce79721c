import { setTimeout as later } from 'node:timers/promises'
import type { Executor } from '../../../runtime/execution.ts'
import type { MediaId } from '../../shared/index.ts'
import { media } from '../language.ts'

/** Longest wait for a picture to be cleaned, in ms: most take less than a second. */
const longestWait = 5_000

/** Interval between two looks, in ms. */
const interval = 100

/**
 * Returns the state of a file as soon as it is no longer worked on, so that a client need not ask again between an upload and
 * the use of it.
 * @param wait longest wait, in ms; default 5,000
 * @returns the state then, which may still be `processing`
 */
export const whenWorkedOn = async (
  executor: Pick<Executor, 'stateOf'>,
  id: MediaId,
  wait = longestWait,
) => {
  let found = await executor.stateOf(media, id)
  for (let waited = 0; found.state.status === 'processing' && waited < wait; waited += interval) {
    await later(interval)
    found = await executor.stateOf(media, id)
  }
  return found.state
}
