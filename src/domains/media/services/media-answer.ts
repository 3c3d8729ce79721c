import { Type, type Static } from 'typebox'
import type { Ports } from '../../../serving/ports.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { MediaKind, MediaType, type StoredMedia } from '../language.ts'
import { linkTo } from './links.ts'

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
  status: Type.Enum(['READY', 'PROCESSING', 'REJECTED']),
  url: Type.String({
    description: 'Of the bytes; needs no token, for `<img>`, and expires: ask for a new one then',
  }),
})
type ShownMedia = Static<typeof ShownMedia>

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
  }: Omit<StoredMedia, 'status' | 'blobId' | 'checksum'>,
): ShownMedia => ({
  id,
  userId,
  kind,
  mime,
  size,
  ...(width !== undefined && { width }),
  ...(height !== undefined && { height }),
  ...(name !== undefined && { name }),
  status: 'READY',
  url: linkTo(ports, id),
})
