import type { Comment } from './post-queries.ts'

/** A comment with its answers, the oldest first. An answer whose comment is not read yet has a thread of its own. */
export type Thread = { readonly comment: Comment; readonly answers: readonly Comment[] }

/** Groups comments, the latest first, into threads, the latest first. */
export const threadsOf = (comments: readonly Comment[]): readonly Thread[] => {
  const known = new Set(comments.map(({ id }) => id))
  const answersOf = Map.groupBy(
    comments.filter(({ parentId }) => parentId !== undefined && known.has(parentId)),
    ({ parentId }) => parentId,
  )
  return comments
    .filter(({ parentId }) => parentId === undefined || !known.has(parentId))
    .map((comment) => ({ comment, answers: (answersOf.get(comment.id) ?? []).toReversed() }))
}
