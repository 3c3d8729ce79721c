import type { Executor } from '../../../runtime/execution.ts'
import { Problem } from '../../../serving/problem.ts'
import type { MediaId, UserId } from '../../shared/index.ts'
import type { MediaKind } from '../language.ts'
import { whenWorkedOn } from './worked-on.ts'

/** What files have to be, and how long to wait for them. */
type Wanted = {
  /** Default: all. */
  readonly kinds?: readonly MediaKind[]
  /** Longest wait for a picture that is still worked on, in ms; default 5,000. */
  readonly wait?: number
  /** Names a file in messages, by its index. Default: `avatarMediaId`; with several ids, `mediaIds[1]`. */
  readonly nameOf?: (index: number) => string
}

const problem = (status: 400 | 404 | 409, code: string, field: string, message: string) =>
  new Problem(
    status,
    code,
    `${field} ${message}.`,
    [{ field, message }],
    ...(status === 409 ? [{ retryAfter: 2 }] : []),
  )

/**
 * Checks that a user may refer to files: they exist, are the user's own, of the right kind, and ready. Pictures that are still
 * worked on are waited for.
 * @param field name of the field with the ids
 * @throws Problem 404 naming the field for a file that is missing, rejected or of another user, 400 for another kind, 409 with
 *   `Retry-After` for one that is still worked on
 */
export const mustOwnMedia = async (
  executor: Pick<Executor, 'stateOf'>,
  userId: UserId,
  ids: MediaId | readonly MediaId[],
  field: string,
  {
    kinds = ['image', 'video', 'document'],
    wait,
    nameOf = (index) => (typeof ids === 'string' ? field : `${field}[${index}]`),
  }: Wanted = {},
): Promise<void> => {
  const all = typeof ids === 'string' ? [ids] : ids
  const states = await Promise.all(all.map((id) => whenWorkedOn(executor, id, wait)))
  for (const [index, state] of states.entries()) {
    const name = nameOf(index)
    const isThere = state.status === 'ready' || state.status === 'processing'
    if (!isThere || state.userId !== userId)
      throw problem(404, 'not_found', name, 'is no file of this user; upload it first')
    if (!kinds.includes(state.kind)) {
      const named = kinds.map((kind) => `${kind === 'image' ? 'an' : 'a'} ${kind}`)
      const message = `must be the id of ${named.join(' or ')}`
      throw problem(400, 'invalid_request', name, message)
    }
    if (state.status === 'processing')
      throw problem(409, 'media_processing', name, 'is still being worked on; try again')
  }
}
