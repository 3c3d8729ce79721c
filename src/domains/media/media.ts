import { Type, type Static } from 'typebox'
import { decider, Fields, personal, refuse, saysNo } from '#kernel'
import { Code, MediaId, Name, Text, UserId } from '../shared/index.ts'
import { BlobId } from './blob.ts'
import { mediaTypes } from './file-kind.ts'

/** Kinds of media: what a file is by its bytes. */
export const MediaKind = Type.Enum(['image', 'video', 'document'])
export type MediaKind = Static<typeof MediaKind>

/** Media type of a file (RFC 6838). */
export const MediaType = Type.Enum([...mediaTypes])

const Side = Type.Integer({ minimum: 1, description: 'In pixels' })

const described = {
  userId: UserId,
  /** Of the bytes: the same for files of the same bytes. */
  blobId: BlobId,
  kind: MediaKind,
  mime: MediaType,
  /** In bytes. */
  size: Type.Integer({ minimum: 1 }),
  /** Of images. */
  width: Type.Optional(Side),
  height: Type.Optional(Side),
}

const Uploaded = Fields({
  ...described,
  /** SHA-256, in hex. */
  checksum: personal(Text(1, 64)),
  /** Given by its owner. */
  name: Type.Optional(personal(Text(1, 255))),
})

/** A file whose bytes are stored. */
export type StoredMedia = { readonly status: 'ready' } & Static<typeof Uploaded>

type State =
  | { readonly status: 'none' }
  | StoredMedia
  | { readonly status: 'deleted'; readonly userId: UserId; readonly blobId: BlobId }

/** A file that a user has uploaded. Its bytes are a blob; files of the same bytes share one. */
export const media = decider({
  name: 'media',
  id: MediaId,

  commands: {
    UploadMedia: Fields(
      {
        ...described,
        checksum: personal(Code(64)),
        name: Type.Optional(personal(Name(1, 255))),
      },
      { description: 'Record a file whose bytes are stored.' },
    ),
    DeleteMedia: Fields({}, { description: 'Delete a file; its bytes follow.' }),
  },

  events: {
    MediaUploaded: Uploaded,
    MediaDeleted: Fields({ userId: UserId, blobId: BlobId }),
  },

  refusals: { NoSuchMedia: saysNo.notFound('There is no such file.') },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    // A late repetition does not restore a deleted file.
    UploadMedia: (data, { status }) => (status === 'none' ? [{ type: 'MediaUploaded', data }] : []),
    DeleteMedia: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchMedia')
      if (state.status === 'deleted') return []
      const { userId, blobId } = state
      return [{ type: 'MediaDeleted', data: { userId, blobId } }]
    },
  },

  evolve: {
    MediaUploaded: (_, data) => ({ status: 'ready', ...data }),
    MediaDeleted: (_, { userId, blobId }) => ({ status: 'deleted', userId, blobId }),
  },
})
