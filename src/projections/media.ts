import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import {
  Colour,
  media as file,
  MediaKind,
  MediaType,
  RejectionReason,
  Thumbnails,
} from '../domains/media/language.ts'
import { MediaId, Text, UserId } from '../domains/shared/index.ts'

/** Files of all users that are not deleted. */
export const media = projection({
  name: 'media',
  version: 2,
  store: 'mongo',
  within: 2_000,
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
    status: Type.Enum(['processing', 'ready', 'rejected']),
    reason: Type.Optional(RejectionReason),
    colour: Type.Optional(Colour),
    thumbnails: Type.Optional(Thumbnails),
    createdAt: Timestamp,
  }),
  from: [file],
  key: 'id',
  beginsWith: [file],
  indexes: [
    ['userId', 'createdAt'],
    ['userId', 'kind', 'createdAt'],
    ['status', 'createdAt'],
  ],
}).rules({
  MediaUploaded: (_, { id, at, data: { blobId: _blob, ...data } }) => ({
    id,
    ...data,
    status: data.kind === 'image' ? 'processing' : 'ready',
    createdAt: at,
  }),
  MediaCleaned: (document, { data: { blobId: _blob, ...data } }) =>
    document && { ...document, ...data, status: 'ready' },
  MediaThumbnailGenerated: (document, { data: { thumbnails } }) =>
    document && { ...document, thumbnails },
  MediaRejected: (document, { data: { reason } }) =>
    document && { ...document, status: 'rejected', reason },
  MediaDeleted: () => undefined,
})
