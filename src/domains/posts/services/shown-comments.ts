import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import type { comments } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Caller } from '../../../serving/caller.ts'
import { unblockedAmong } from '../../profiles/services/reading-rights.ts'
import { PostId, UserId } from '../../shared/index.ts'
import { CommentId, Mention } from '../language.ts'
import { Author, authorsNow } from './shown-posts.ts'

const place = {
  id: CommentId,
  postId: PostId,
  parentId: Type.Optional(
    Type.Unsafe<CommentId>({ ...CommentId, description: 'The comment that it answers' }),
  ),
}
const createdAt = Type.String({ format: 'date-time' })

/** A comment after it was written. */
export const Comment = Type.Object({
  ...place,
  userId: UserId,
  content: Type.String(),
  mentions: Type.Array(Mention),
  createdAt,
})

/** A comment as the readers of its post see it. */
export const ShownComment = Type.Object({
  ...place,
  userId: Type.Optional(UserId),
  author: Type.Optional(Author),
  content: Type.String({ description: 'Empty in a deleted comment' }),
  mentions: Type.Array(Mention),
  deleted: Type.Optional(
    Type.Literal(true, { description: 'Its author and text are gone; it is here for its answers' }),
  ),
  answers: Type.Integer({ description: 'Number of answers to it' }),
  createdAt,
})
export type ShownComment = Static<typeof ShownComment>

/**
 * Returns comments as a caller sees them, without those of users who block the caller or are blocked, by two queries.
 * @param minPosition the answer includes all names and blocks up to it
 */
export const shownComments = async (
  readModels: Pick<ReadModels, 'find'>,
  caller: Caller,
  documents: readonly DocumentOf<typeof comments>[],
  minPosition?: bigint,
): Promise<ShownComment[]> => {
  const ids = documents.flatMap(({ userId }) => userId ?? [])
  const [authorOf, seen] = await Promise.all([
    authorsNow(readModels, ids, minPosition),
    unblockedAmong(readModels, caller, ids, minPosition),
  ])
  return documents.flatMap(({ userId, content = '', mentions, ...rest }): ShownComment[] => {
    const shown = { ...rest, content, mentions: [...mentions] }
    if (userId === undefined) return [{ ...shown, deleted: true }]
    return seen.has(userId) ? [{ ...shown, userId, author: authorOf(userId) }] : []
  })
}
