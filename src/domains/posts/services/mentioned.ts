import type { Executor } from '../../../runtime/execution.ts'
import { lookAtPresent, type Look } from '../../../runtime/resting-on.ts'
import { username, usernameIdOf } from '../../identity/language.ts'
import { mayRead } from '../../profiles/services/reading-rights.ts'
import type { UserId } from '../../shared/index.ts'
import type { Mention } from '../language.ts'
import { mentionsIn } from '../text-parts.ts'

/** Returns the user who has one of these names, and the name; undefined when nobody has. */
const ownerOf = async (look: Look, names: readonly string[]) => {
  for (const name of names) {
    const owner = await look(username, usernameIdOf(name))
    if (owner.status !== 'free') return { name, userId: owner.userId }
  }
  return undefined
}

/**
 * Links the mentions of a text: to users who have these names now, and may read it. Other names stay text, so that nobody is
 * notified of what they may not see, nor by somebody they have blocked.
 * @param userId author of the text
 * @param postAuthorId author of the post that the text belongs to
 */
export const mentionsOf = async (
  executor: Pick<Executor, 'stateOf'>,
  { userId, postAuthorId }: { readonly userId: UserId; readonly postAuthorId: UserId },
  text: string | undefined,
): Promise<Mention[]> => {
  const look = lookAtPresent(executor)
  const found = await Promise.all(
    mentionsIn(text ?? '').map(async ({ names, start }): Promise<Mention[]> => {
      const owner = await ownerOf(look, names)
      if (!owner) return []
      const reader = { id: owner.userId, roles: [] }
      const authors = new Set([userId, postAuthorId])
      for (const author of authors) if (!(await mayRead(look, reader, author))) return []
      return [{ userId: owner.userId, start, end: start + 1 + owner.name.length }]
    }),
  )
  return found.flat()
}
