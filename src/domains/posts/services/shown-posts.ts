import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import { likes, type posts } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { sellersNow } from '../../gigs/services/sellers.ts'
import { MediaId, PostId, UserId } from '../../shared/index.ts'
import { likeIdOf, Mention } from '../language.ts'
import { mediaPathOf } from '../../media/services/addresses.ts'

const time = Type.String({ format: 'date-time' })

/** A file of a post. */
const Medium = Type.Object({
  id: MediaId,
  url: Type.String({ description: 'Path of its content' }),
})

/** An author with the present names. */
export const Author = Type.Object({
  id: UserId,
  username: Type.Optional(Type.String()),
  name: Type.Optional(Type.String({ description: 'Absent unless the profile is public' })),
})
export type Author = Static<typeof Author>

const fields = {
  id: PostId,
  postId: Type.Unsafe<PostId>({ ...PostId, description: 'The same as `id`' }),
  userId: UserId,
  content: Type.String({ description: 'Empty in posts of files alone' }),
  media: Type.Array(Medium),
  tags: Type.Array(Type.String()),
  mentions: Type.Array(Mention),
  likeCount: Type.Integer(),
  commentCount: Type.Integer(),
  createdAt: time,
  editedAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'Absent in posts that were never edited' }),
  ),
}

/** A post after the command that changed it. */
export const Post = Type.Object(fields)
export type Post = Static<typeof Post>

/** A post as its readers see it. */
export const ShownPost = Type.Object({
  ...fields,
  author: Author,
  liked: Type.Boolean({ description: 'Whether the caller likes it' }),
})
export type ShownPost = Static<typeof ShownPost>

/** What posts and their documents have in common. */
type Recorded = Omit<DocumentOf<typeof posts>, 'id' | 'likeCount' | 'commentCount'>

/** Numbers of likes and comments. */
export type Counts = Pick<DocumentOf<typeof posts>, 'likeCount' | 'commentCount'>

/** Numbers of a new post. */
export const noCounts: Counts = { likeCount: 0, commentCount: 0 }

/** Returns a post as answers show it. */
export const postOf = (
  ports: Pick<Ports, 'apiUrl'>,
  id: PostId,
  { userId, content = '', mediaIds, tags, mentions, createdAt, editedAt }: Recorded,
  { likeCount, commentCount }: Counts,
): Post => ({
  id,
  postId: id,
  userId,
  content,
  media: mediaIds.map((mediaId) => ({ id: mediaId, url: mediaPathOf(ports, mediaId) })),
  tags: [...tags],
  mentions: [...mentions],
  likeCount,
  commentCount,
  createdAt,
  ...(editedAt !== undefined && { editedAt }),
})

/**
 * Reads the present names of some authors, by one query.
 * @param minPosition the answer includes all events up to it
 * @returns a function from an author's id
 */
export const authorsNow = async (
  readModels: Pick<ReadModels, 'find'>,
  ids: readonly UserId[],
  minPosition?: bigint,
): Promise<(id: UserId) => Author> => {
  const nameOf = await sellersNow(
    readModels,
    ids.map((sellerId) => ({ sellerId })),
    minPosition,
  )
  return (sellerId) => {
    const { displayName: _, ...author } = nameOf({ sellerId })
    return author
  }
}

/**
 * Returns posts as a caller sees them, by two queries. Which of them the caller may read was decided before.
 * @param minPosition the answer includes all names and likes up to it
 */
export const shownPosts = async (
  ports: Pick<Ports, 'readModels' | 'apiUrl'>,
  caller: Caller,
  documents: readonly DocumentOf<typeof posts>[],
  minPosition?: bigint,
): Promise<ShownPost[]> => {
  if (documents.length === 0) return []
  const [authorOf, liked] = await Promise.all([
    authorsNow(
      ports.readModels,
      documents.map(({ userId }) => userId),
      minPosition,
    ),
    ports.readModels.find(
      likes,
      {
        where: { id: { in: documents.map(({ id }) => likeIdOf(id, caller.id)) } },
        limit: documents.length,
        counted: false,
      },
      minPosition,
    ),
  ])
  const likedIds = new Set(liked.documents.map(({ postId }) => postId))
  return documents.map((document) => ({
    ...postOf(ports, document.id, document, document),
    author: authorOf(document.userId),
    liked: likedIds.has(document.id),
  }))
}
