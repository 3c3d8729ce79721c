import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { post, Tags } from '../domains/posts/language.ts'
import { PostId, Text, UserId } from '../domains/shared/index.ts'

const Found = Fields({
  id: PostId,
  userId: UserId,
  content: Type.Optional(personal(Text(1, 5_000))),
  tags: Tags,
  /** The tags, between spaces, as no tag contains one. */
  tagLine: personal(Type.String()),
  createdAt: Timestamp,
})

/** Posts, searched by text and tags. Searches show a caller the posts of those whose posts the caller may read. */
export const searchPosts = projection({
  name: 'search_posts',
  store: 'elasticsearch',
  within: 5_000,
  document: Found,
  from: [post],
  key: 'id',
  beginsWith: [post],
  containing: ['tagLine'],
  search: { fields: ['tagLine', 'content'], newest: 'createdAt' },
}).rules({
  PostCreated: (_, { id, data }) => found(id, data),
  PostUpdated: (document, { id, data }) =>
    document && found(id, { ...data, createdAt: document.createdAt }),
  PostDeleted: () => undefined,
})

const found = (
  id: PostId,
  {
    userId,
    content,
    tags,
    createdAt,
  }: Pick<Static<typeof Found>, 'userId' | 'content' | 'tags' | 'createdAt'>,
): Static<typeof Found> => ({
  id,
  userId,
  ...(content !== undefined && { content }),
  tags,
  tagLine: tags.length === 0 ? '' : ` ${tags.join(' ')} `,
  createdAt,
})
