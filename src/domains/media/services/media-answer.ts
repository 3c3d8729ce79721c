import { Type, type Static } from 'typebox'
import type { Ports } from '../../../serving/ports.ts'
import { MediaId, PostId, UserId } from '../../shared/index.ts'
import { Colour, MediaKind, MediaType, RejectionReason, type PresentMedia } from '../language.ts'
import { linkTo } from './links.ts'

const url = 'Needs no token, for `<img>`, and expires: ask for a new one then'

/** A file in answers. */
export const ShownMedia = Type.Object({
  id: MediaId,
  userId: UserId,
  kind: MediaKind,
  mime: MediaType,
  size: Type.Integer({ description: 'In bytes' }),
  width: Type.Optional(Type.Integer({ description: 'Of images, in pixels' })),
  height: Type.Optional(Type.Integer()),
  name: Type.Optional(Type.String()),
  status: Type.Enum(['READY', 'PROCESSING', 'REJECTED'], {
    description: 'Pictures are cleaned before anybody sees them; until then, they are `PROCESSING`',
  }),
  reason: Type.Optional(RejectionReason),
  colour: Type.Optional({
    ...Colour,
    description: 'That most of a picture has, as a placeholder: `#2040c0`',
  }),
  url: Type.Optional(
    Type.String({ description: `Of the bytes. ${url}. Absent where the file is \`REJECTED\`` }),
  ),
  thumbnails: Type.Optional(
    Type.Array(
      Type.Object({
        size: Type.Integer({ description: 'Side of the square that it fits into, in pixels' }),
        width: Type.Integer(),
        height: Type.Integer(),
        url: Type.String({ description: url }),
      }),
      { description: 'Of pictures, as WebP, the smallest first' },
    ),
  ),
  postIds: Type.Optional(
    Type.Array(PostId, {
      description: 'The latest posts that were published with it; for its owner',
    }),
  ),
})
export type ShownMedia = Static<typeof ShownMedia>

const statuses = { processing: 'PROCESSING', ready: 'READY', rejected: 'REJECTED' } as const

/** Returns the status of a file as answers name it. */
export const shownStatus = (status: PresentMedia['status']) => statuses[status]

/** Returns a file as an answer shows it. */
export const shownMedia = (
  ports: Parameters<typeof linkTo>[0] & Pick<Ports, 'config'>,
  id: MediaId,
  {
    userId,
    kind,
    mime,
    size,
    width,
    height,
    name,
    status,
    reason,
    colour,
    thumbnails,
  }: Omit<PresentMedia, 'blobId' | 'uploadedBlobId' | 'checksum'>,
): ShownMedia => ({
  id,
  userId,
  kind,
  mime,
  size,
  ...(width !== undefined && { width }),
  ...(height !== undefined && { height }),
  ...(name !== undefined && { name }),
  status: shownStatus(status),
  ...(reason !== undefined && { reason }),
  ...(colour !== undefined && { colour }),
  ...(status !== 'rejected' && { url: linkTo(ports, id) }),
  ...(thumbnails && {
    thumbnails: thumbnails.map((one) => ({
      size: one.box,
      width: one.width,
      height: one.height,
      url: linkTo(ports, id, 'thumbnail', `size=${one.box}&`),
    })),
  }),
})
