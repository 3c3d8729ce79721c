import { comments } from '../../../projections/index.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { forEachDocument } from '../../../serving/erase.ts'
import { job } from '../../../serving/job.ts'
import { comment, post } from '../language.ts'

/** Deletes the comments of a deleted post: nobody can read them any more, their authors included. */
export const clearComments = job({
  name: 'clear-comments',
  from: [post],
  on: { PostDeleted: ({ id }) => ({ postId: id }) },
  run: async ({ postId }, origin, { executor, readModels }) => {
    await forEachDocument(readModels, comments, { where: { postId } }, async ({ id }) => {
      const command = { type: 'DeleteComment' as const, data: {} }
      await executor.execute(comment, id, command, derivedOrigin(origin, id))
    })
  },
  givenUp: {
    reportsNothing: 'The comments stay, unreadable; an operator who retries the job deletes them.',
  },
  options: { attempts: 8, backoff: 250 },
})
