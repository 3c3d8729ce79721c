import { job } from '../../../serving/job.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { post } from '../../posts/language.ts'
import type { MediaId, PostId } from '../../shared/index.ts'
import { media } from '../language.ts'

type Published = { readonly postId: PostId; readonly mediaIds: readonly MediaId[] }

const published = (postId: PostId, mediaIds: readonly MediaId[]): Published | undefined =>
  mediaIds.length > 0 ? { postId, mediaIds: [...mediaIds] } : undefined

/** Links files to the posts that are published with them. */
export const linkMedia = job({
  name: 'link-media',
  from: [post],
  on: {
    PostCreated: ({ id: postId, data: { mediaIds } }) => published(postId, mediaIds),
    PostMediaChanged: ({ id: postId, data: { added } }) => published(postId, added),
  },
  run: async ({ postId, mediaIds }: Published, origin, { executor }) => {
    const command = { type: 'LinkMedia' as const, data: { postId } }
    for (const id of mediaIds) await executor.execute(media, id, command, derivedOrigin(origin, id))
  },
  givenUp: { reportsNothing: 'the post shows its files; operators see the parked job' },
})
