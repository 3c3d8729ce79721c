import { Type, type Static } from 'typebox'
import { decider, Fields, personal, refuse, saysNo } from '#kernel'
import { Code, MediaId, Name, PostId, Text, UserId } from '../shared/index.ts'
import { BlobId } from './blob.ts'
import { mediaTypes } from './file-kind.ts'

/** Sizes of thumbnails: sides of the squares that they fit into, in pixels. */
export const thumbnailSizes = [320, 640, 1280] as const

/** Kinds of media: what a file is by its bytes. */
export const MediaKind = Type.Enum(['image', 'video', 'document'])
export type MediaKind = Static<typeof MediaKind>

/** Media type of a file (RFC 6838). */
export const MediaType = Type.Enum([...mediaTypes])
export type MediaType = Static<typeof MediaType>

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

const Thumbnail = Fields({
  /** Side of the square that it fits into, in pixels. */
  box: Type.Enum([...thumbnailSizes]),
  width: Side,
  height: Side,
  /** In bytes. */
  size: Type.Integer({ minimum: 1 }),
})

/** The thumbnails of a picture, the smallest first. */
export const Thumbnails = Type.Array(Thumbnail, {
  minItems: 1,
  maxItems: thumbnailSizes.length,
})

/** Colour that most of a picture has. */
export const Colour = Type.String({ pattern: '^#[0-9a-f]{6}$' })

/** Why a picture was rejected after its upload. */
export const RejectionReason = Type.Enum(['unreadable', 'too_many_pixels', 'not_decodable'])
export type RejectionReason = Static<typeof RejectionReason>

const cleaned = {
  blobId: BlobId,
  size: described.size,
  width: Side,
  height: Side,
  colour: Colour,
}

/** A file that is not deleted. */
export type PresentMedia = Static<typeof Uploaded> & {
  /** `processing`: a picture that is not cleaned yet, which nobody may see. */
  readonly status: 'processing' | 'ready' | 'rejected'
  /** Of the bytes as they were uploaded. */
  readonly uploadedBlobId: BlobId
  readonly colour?: string
  readonly thumbnails?: Static<typeof Thumbnails>
  /** Of a rejected picture. */
  readonly reason?: RejectionReason
  /** The latest posts that were published with it. */
  readonly postIds?: readonly PostId[]
}

/** Most posts that a file is linked to: the latest. */
const mostPosts = 100

type State =
  | { readonly status: 'none' }
  | PresentMedia
  | { readonly status: 'deleted'; readonly userId: UserId; readonly blobId: BlobId }

/**
 * A file that a user has uploaded. Its bytes are a blob; files of the same bytes share one. A picture is cleaned before anybody
 * sees it: the cleaned bytes replace the uploaded ones.
 */
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
    FinishPicture: Fields(
      { ...cleaned, checksum: personal(Code(64)), thumbnails: Thumbnails },
      { description: 'Replace an uploaded picture by the cleaned one, whose bytes are stored.' },
    ),
    RejectMedia: Fields(
      { reason: RejectionReason },
      { description: 'Reject a picture that cannot be cleaned.' },
    ),
    LinkMedia: Fields(
      { postId: PostId },
      { description: 'Link a file to a post that was published with it.' },
    ),
    DeleteMedia: Fields({}, { description: 'Delete a file; its bytes follow.' }),
  },

  events: {
    MediaUploaded: Uploaded,
    MediaCleaned: Fields({ userId: UserId, ...cleaned, checksum: personal(Text(1, 64)) }),
    MediaThumbnailGenerated: Fields({ userId: UserId, thumbnails: Thumbnails }),
    MediaRejected: Fields({ userId: UserId, blobId: BlobId, reason: RejectionReason }),
    MediaLinked: Fields({ userId: UserId, postId: PostId }),
    MediaDeleted: Fields({ userId: UserId, blobId: BlobId }),
  },

  refusals: { NoSuchMedia: saysNo.notFound('There is no such file.') },
}).rules<State>({
  initialState: { status: 'none' },

  decide: {
    // A late repetition does not restore a deleted file.
    UploadMedia: (data, { status }) => (status === 'none' ? [{ type: 'MediaUploaded', data }] : []),
    FinishPicture: ({ thumbnails, ...data }, state) => {
      if (state.status === 'ready') return []
      if (state.status !== 'processing') return refuse('NoSuchMedia')
      const { userId } = state
      return [
        { type: 'MediaCleaned', data: { userId, ...data } },
        { type: 'MediaThumbnailGenerated', data: { userId, thumbnails } },
      ]
    },
    RejectMedia: ({ reason }, state) => {
      if (state.status !== 'processing') return []
      const { userId, blobId } = state
      return [{ type: 'MediaRejected', data: { userId, blobId, reason } }]
    },
    LinkMedia: ({ postId }, state) => {
      // A file that was deleted meanwhile is no part of the post any more.
      if (state.status === 'none' || state.status === 'deleted') return []
      if (state.postIds?.includes(postId)) return []
      return [{ type: 'MediaLinked', data: { userId: state.userId, postId } }]
    },
    DeleteMedia: (_, state) => {
      if (state.status === 'none') return refuse('NoSuchMedia')
      if (state.status === 'deleted') return []
      const { userId, blobId } = state
      return [{ type: 'MediaDeleted', data: { userId, blobId } }]
    },
  },

  evolve: {
    MediaUploaded: (_, data) => ({
      status: data.kind === 'image' ? 'processing' : 'ready',
      ...data,
      uploadedBlobId: data.blobId,
    }),
    MediaCleaned: (state, data) =>
      state.status === 'processing' ? { ...state, ...data, status: 'ready' } : state,
    MediaThumbnailGenerated: (state, { thumbnails }) =>
      state.status === 'ready' ? { ...state, thumbnails } : state,
    MediaRejected: (state, { reason }) =>
      state.status === 'processing' ? { ...state, status: 'rejected', reason } : state,
    MediaLinked: (state, { postId }) =>
      state.status === 'none' || state.status === 'deleted'
        ? state
        : { ...state, postIds: [...(state.postIds ?? []), postId].slice(-mostPosts) },
    MediaDeleted: (_, { userId, blobId }) => ({ status: 'deleted', userId, blobId }),
  },
})
