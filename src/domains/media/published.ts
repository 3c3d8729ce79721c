import { Type } from 'typebox'
import { Fields, personal, publishing } from '#kernel'
import { MediaId, UserId } from '../shared/index.ts'
import { media, MediaKind } from './media.ts'

const ofMedia = publishing(media)

/** Events of this context for other systems. */
export const published = [
  ofMedia('MediaUploaded', {
    names: ['MEDIA_UPLOADED'],
    data: Fields({
      mediaId: MediaId,
      userId: UserId,
      kind: MediaKind,
      mime: Type.String(),
      size: Type.Integer({ description: 'Bytes' }),
      name: Type.Optional(personal(Type.String())),
    }),
    of: ({ userId, kind, mime, size, name }, mediaId) => ({
      mediaId,
      userId,
      kind,
      mime,
      size,
      ...(name !== undefined && { name }),
    }),
  }),
  ofMedia('MediaDeleted', {
    names: ['MEDIA_DELETED'],
    data: Fields({ mediaId: MediaId, userId: UserId }),
    of: ({ userId }, mediaId) => ({ mediaId, userId }),
  }),
]
