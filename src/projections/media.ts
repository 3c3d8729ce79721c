import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { media as file, MediaKind, MediaType } from '../domains/media/language.ts'
import { MediaId, Text, UserId } from '../domains/shared/index.ts'

/** Files of all users that are not deleted. */
export const media = projection({
  name: 'media',
  store: 'mongo',
  document: Fields({
    id: MediaId,
    userId: UserId,
    kind: MediaKind,
    mime: MediaType,
    size: Type.Integer(),
    width: Type.Optional(Type.Integer()),
    height: Type.Optional(Type.Integer()),
    name: Type.Optional(Text(1, 255)),
    checksum: Text(1, 64),
    createdAt: Timestamp,
  }),
  from: [file],
  key: ({ id }) => id,
  beginsWith: [file],
  indexes: [
    ['userId', 'createdAt'],
    ['userId', 'kind', 'createdAt'],
  ],
}).rules({
  MediaUploaded: (_, { id, at, data: { blobId: _blob, ...data } }) => ({
    id,
    ...data,
    createdAt: at,
  }),
  MediaDeleted: () => undefined,
})
