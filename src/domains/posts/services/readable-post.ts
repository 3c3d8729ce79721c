import type { Executor } from '../../../runtime/execution.ts'
import { lookAtPresent, type Look } from '../../../runtime/resting-on.ts'
import type { Caller } from '../../../serving/caller.ts'
import { notFound } from '../../../serving/problem.ts'
import { mayRead } from '../../profiles/services/reading-rights.ts'
import { post, type PresentPost } from '../language.ts'
import { type PostId } from '../../shared/index.ts'

/**
 * Returns a post that a caller may read.
 * @throws Problem 404 when there is none, also for callers who need not learn that there is one
 */
export const readablePost = async (
  look: Look,
  caller: Caller,
  id: PostId,
): Promise<PresentPost> => {
  const state = await look(post, id)
  if (state.status !== 'present' || !(await mayRead(look, caller, state.userId)))
    throw notFound('post')
  return state
}

/** Returns a post that a caller may read, as it is now, and its revision. @throws Problem 404 as `readablePost` */
export const readPost = async (
  executor: Pick<Executor, 'stateOf'>,
  caller: Caller,
  id: PostId,
): Promise<{ readonly state: PresentPost; readonly revision: number }> => {
  const { state, revision } = await executor.stateOf(post, id)
  if (state.status !== 'present') throw notFound('post')
  if (!(await mayRead(lookAtPresent(executor), caller, state.userId))) throw notFound('post')
  return { state, revision }
}
