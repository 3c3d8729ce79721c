import { Type } from 'typebox'
import { Fields } from '#kernel'
import type { Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import { Link } from '../../../serving/signed-link.ts'
import { MediaId } from '../../shared/index.ts'
import { blob, type PresentMedia } from '../language.ts'
import { isLinked, type LinkedPart } from '../services/links.ts'
import { keyOf, thumbnailKeyOf } from '../services/remove-bytes.ts'
import {
  mustBeOpen,
  pictureForVisitors,
  storedMedia,
  visibleMedia,
} from '../services/visible-media.ts'
import { whenWorkedOn } from '../services/worked-on.ts'

const params = Fields({ id: MediaId })

type Asking = {
  readonly id: MediaId
  readonly part: LinkedPart
  readonly query: Link
  readonly caller: Caller | undefined
}

/** A file whose bytes are sent, with the key of its bytes. */
type Served = PresentMedia & { readonly key: string; readonly byLink: boolean }

/**
 * Finds a file that a caller may see, or that a signed URL shows, once it is ready.
 * @throws Problem 401, 403, 404, and 409 with `Retry-After` while it is worked on
 */
const servedMedia = async (ports: Ports, { id, part, query, caller }: Asking): Promise<Served> => {
  const { executor } = ports
  const byLink = query.signature !== undefined
  if (byLink && !isLinked(ports, id, part, query))
    throw new Problem(
      403,
      'link_expired',
      'This URL has expired, or is not ours; ask for a new one.',
    )
  const found = byLink
    ? await storedMedia(executor, id)
    : caller
      ? await visibleMedia(ports, caller, id)
      : await pictureForVisitors(ports, id)
  if (!found) throw new Problem(401, 'no_link', 'Sign in, or use the `url` of an answer.')
  if (byLink) await mustBeOpen(executor, found.userId)
  const state = found.status === 'processing' ? await whenWorkedOn(executor, id) : found
  if (state.status === 'processing')
    throw new Problem(
      409,
      'media_processing',
      'The picture is still being worked on; try again.',
      undefined,
      { retryAfter: 2 },
    )
  if (state.status !== 'ready') throw notFound('media')
  const { state: bytes } = await executor.stateOf(blob, state.blobId)
  if (bytes.storedAs === undefined || !(id in bytes.holders)) throw notFound('media')
  return { ...state, key: keyOf(state.blobId, bytes.storedAs), byLink }
}

/** Routes of the bytes of files. */
export const contentRoutes = [
  route({
    method: 'GET',
    url: '/media/:id/content',
    access: 'public',
    operationId: 'getMediaContent',
    rpcs: [{ name: 'agora.media.v1.MediaService/DownloadMedia' }],
    summary: 'The bytes of a file',
    description:
      'For callers who may see the file, and for everybody with a `url` of an answer until it expires, or where it is the picture of a product or of a published gig. Documents are saved by browsers, not shown.',
    params,
    query: Link,
    data: Type.Null(),
    binary: true,
    problems: [401, 403, 404, 409],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { mime, size, kind, name, checksum, key, byLink } = await servedMedia(ports, {
        id,
        part: 'content',
        query,
        caller,
      })
      return {
        data: null,
        content: {
          type: mime === 'text/plain' ? 'text/plain; charset=utf-8' : mime,
          size,
          tag: checksum,
          disposition: { kind: kind === 'document' ? 'attachment' : 'inline', name },
          // Pages of other origins have the URL from somebody who may see the file.
          embeddable: byLink,
          open: (range) => ports.blobs.read(key, range),
        },
      }
    },
  }),

  route({
    method: 'GET',
    url: '/media/:id/thumbnail',
    access: 'public',
    operationId: 'getMediaThumbnail',
    summary: 'A thumbnail of a picture, as WebP',
    description:
      'For those who may see the picture, as its bytes. The first frame of an animation. A size between two thumbnails gets the larger one.',
    params,
    query: Fields({
      size: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_280,
          description:
            'Side of the square that it fits into, in pixels: 320, 640 or 1280. Default: 320',
        }),
      ),
      ...Link.properties,
    }),
    data: Type.Null(),
    binary: true,
    problems: [401, 403, 404, 409],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { size: wanted = 320, ...link } = query
      const found = await servedMedia(ports, { id, part: 'thumbnail', query: link, caller })
      const { thumbnails = [], checksum, key, byLink } = found
      const one = thumbnails.find(({ box }) => box >= wanted) ?? thumbnails.at(-1)
      if (!one) throw new Problem(404, 'no_thumbnail', 'Only pictures have thumbnails.')
      return {
        data: null,
        content: {
          type: 'image/webp',
          size: one.size,
          tag: `${checksum}-${one.box}`,
          disposition: { kind: 'inline' },
          embeddable: byLink,
          open: (range) => ports.blobs.read(thumbnailKeyOf(key, one.box), range),
        },
      }
    },
  }),
]
