import { Fields, personal, projection, Timestamp } from '#kernel'
import { media, MediaKind } from '../domains/media/language.ts'
import { MediaId, Text, UserId } from '../domains/shared/index.ts'

/** Files that have a name, searched by it. Searches show a caller the caller's own. */
export const searchMedia = projection({
  name: 'search_media',
  store: 'elasticsearch',
  within: 5_000,
  document: Fields({
    id: MediaId,
    userId: UserId,
    name: personal(Text(1, 255)),
    kind: MediaKind,
    createdAt: Timestamp,
  }),
  from: [media],
  key: 'id',
  beginsWith: [media],
  search: { fields: ['name'], newest: 'createdAt' },
}).rules({
  MediaUploaded: (_, { id, at, data: { userId, kind, name } }) =>
    name === undefined ? undefined : { id, userId, name, kind, createdAt: at },
  MediaDeleted: () => undefined,
})
