import { Type } from 'typebox'
import { Fields } from '#kernel'
import { Cursor } from '../../../serving/cursors.ts'
import { Fresh, minPositionOf } from '../../../serving/lists.ts'
import { invalid } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { ShownPost, shownPosts } from '../services/shown-posts.ts'
import { feedBefore } from '../services/timelines.ts'

/** Greatest number of a page. */
const mostPages = 50

/** Number of the latest posts that pages reach: what comes after them is read in its order, by the cursor. */
const mostPaged = 500

/** Routes of the feed. */
export const feedRoutes = [
  route({
    method: 'GET',
    url: '/posts/feed',
    access: 'user',
    operationId: 'getFeed',
    rpcs: [{ name: 'agora.post.v1.PostService/GetFeed' }],
    summary: 'My feed: my posts and those of the users whom I follow, the latest first',
    description:
      'Contains what you may read at this moment. New posts do not move the pages of a cursor; `page` counts from the latest post, ' +
      `and reaches ${mostPaged} posts; the cursor reaches all.`,
    query: Fields({
      page: Type.Optional(Type.Integer({ minimum: 1, maximum: mostPages, default: 1 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
      cursor: Type.Optional(Cursor),
      ...Fresh.properties,
    }),
    data: Type.Object({
      posts: Type.Array(ShownPost),
      total: Type.Integer({
        description:
          'Number of posts up to the end of this page, and one more if others follow: a feed is not counted to its end',
      }),
      page: Type.Integer(),
      limit: Type.Integer(),
      nextCursor: Type.Optional(
        Type.String({ description: 'For `?cursor=`; absent at the end of the feed' }),
      ),
    }),
    handle: async ({ query, caller }, ports) => {
      const { page = 1, limit = 20, cursor } = query
      const minPosition = minPositionOf(query)
      const question = JSON.stringify(['feed', caller.id])
      const from = cursor === undefined ? undefined : ports.cursors.placeIn(cursor, question)
      const skipped = from ? 0 : (page - 1) * limit
      if (!from && skipped + limit > mostPaged)
        throw invalid(
          'page',
          `may be ${Math.floor(mostPaged / limit)} at most with this limit: go on with the cursor`,
        )
      const found = await feedBefore(ports.readModels, caller, {
        ...(from && { before: from.key }),
        skip: skipped,
        limit: limit + 1,
        minPosition,
      })
      const part = found.posts.slice(0, limit)
      const isCut = found.posts.length > limit
      const goesOn = isCut ? part.at(-1)?.place : found.goesOn
      const counted = (typeof from?.value === 'number' ? from.value : skipped) + part.length
      const posts = await shownPosts(
        ports,
        caller,
        part.map(({ document }) => document),
        minPosition,
      )
      return {
        data: {
          posts,
          total: counted + (goesOn === undefined ? 0 : 1),
          page,
          limit,
          ...(goesOn !== undefined && {
            nextCursor: ports.cursors.cursorOf(question, { value: counted, key: goesOn }),
          }),
        },
        position: found.position,
      }
    },
  }),
]
