import { comments, likes, posts } from '../../projections/index.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase } from '../../serving/erase.ts'
import { comment, like, post } from './language.ts'

/** Erases the likes, comments and posts of a person. */
export const erase: Erase = async ({ userId, origin }, { executor: { execute }, readModels }) => {
  const where = { userId }
  const unliked = await forEachDocument(readModels, likes, { where }, async ({ id, postId }) => {
    const command = { type: 'UnlikePost' as const, data: { postId, userId } }
    await execute(like, id, command, derivedOrigin(origin, id))
  })
  const removed = await forEachDocument(readModels, comments, { where }, async ({ id }) => {
    const command = { type: 'DeleteComment' as const, data: {} }
    await execute(comment, id, command, derivedOrigin(origin, id))
  })
  const deleted = await forEachDocument(readModels, posts, { where }, async ({ id }) => {
    const command = { type: 'DeletePost' as const, data: {} }
    await execute(post, id, command, derivedOrigin(origin, id))
  })
  return { awaited: 0, counts: { posts: deleted, comments: removed, likes: unliked } }
}
