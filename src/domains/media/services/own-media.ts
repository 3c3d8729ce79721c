import type { Executor } from '../../../runtime/execution.ts'
import { Problem } from '../../../serving/problem.ts'
import type { MediaId, UserId } from '../../shared/index.ts'
import { media, type MediaKind } from '../language.ts'

/**
 * Checks that a user may refer to files: they exist, are the user's own, and of the right kind.
 * @param field name of the field with the ids: `avatarMediaId`; with several ids, messages name `mediaIds[1]`
 * @param kinds default: all
 * @throws Problem 404 naming the field for a file that is missing or of another user, 400 for another kind
 */
export const mustOwnMedia = async (
  executor: Pick<Executor, 'stateOf'>,
  userId: UserId,
  ids: MediaId | readonly MediaId[],
  field: string,
  kinds: readonly MediaKind[] = ['image', 'video', 'document'],
): Promise<void> => {
  const all = typeof ids === 'string' ? [ids] : ids
  const states = await Promise.all(all.map(async (id) => (await executor.stateOf(media, id)).state))
  const nameOf = (index: number) => (typeof ids === 'string' ? field : `${field}[${index}]`)
  for (const [index, state] of states.entries()) {
    const name = nameOf(index)
    if (state.status !== 'ready' || state.userId !== userId)
      throw new Problem(404, 'not_found', `${name} is no file of this user; upload it first.`, [
        { field: name, message: 'is no file of this user; upload it first' },
      ])
    if (!kinds.includes(state.kind)) {
      const message = `must be the id of ${kinds.map((kind) => `${kind === 'image' ? 'an' : 'a'} ${kind}`).join(' or ')}`
      throw new Problem(400, 'invalid_request', `${name} ${message}.`, [{ field: name, message }])
    }
  }
}
