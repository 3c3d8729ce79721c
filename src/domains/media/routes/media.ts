import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { media as all } from '../../../projections/index.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { blob, media, MediaKind } from '../language.ts'
import { isLinked } from '../services/links.ts'
import { ShownMedia, shownMedia } from '../services/media-answer.ts'
import { keyOf } from '../services/remove-bytes.ts'
import { upload } from '../services/uploads.ts'
import { maySeeMediaOf, mustBeOpen, storedMedia, visibleMedia } from '../services/visible-media.ts'

const params = Fields({ id: MediaId })

/** Most files of one request. */
const maxFiles = 10

/** Routes of files. */
export const mediaRoutes = [
  route({
    method: 'POST',
    url: '/media/upload',
    access: 'user',
    operationId: 'uploadMedia',
    summary: 'Upload files: pictures, videos, PDFs and plain texts',
    description:
      'All files are stored, or none when one is refused. What a file is follows from its bytes; its name and the type that the request claims do not matter. Files of the same bytes are stored once.',
    upload: { field: 'file', maxFiles, description: 'Files, as `file` once or several times' },
    data: Type.Object({ media: Type.Array(ShownMedia) }),
    status: 201,
    handle: async ({ files, caller, origin }, ports) => {
      const uploaded = await upload(ports, files, caller, origin)
      const last = uploaded.at(-1)
      return {
        data: { media: uploaded.map(({ id, state }) => shownMedia(ports, id, state)) },
        ...(last && { position: last.position }),
      }
    },
  }),

  route({
    method: 'GET',
    url: '/media/:id',
    access: 'user',
    operationId: 'getMedia',
    summary: 'What is known of a file, with a URL of its bytes',
    params,
    data: ShownMedia,
    problems: [404],
    handle: async ({ params: { id }, caller }, ports) => {
      const { position, ...found } = await visibleMedia(ports.executor, caller, id)
      return { data: shownMedia(ports, id, found), position }
    },
  }),

  route({
    method: 'GET',
    url: '/media/:id/content',
    access: 'public',
    operationId: 'getMediaContent',
    summary: 'The bytes of a file',
    description:
      'For callers who may see the file, and for everybody with a `url` of an answer until it expires. Documents are saved by browsers, not shown.',
    params,
    query: Fields({
      expires: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 10_000_000_000, description: 'Of a `url`' }),
      ),
      signature: Type.Optional(
        Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'Of a `url`' }),
      ),
    }),
    data: Type.Null(),
    binary: true,
    problems: [401, 403, 404],
    handle: async ({ params: { id }, query, caller }, ports) => {
      const { executor, blobs } = ports
      const byLink = query.signature !== undefined
      if (byLink && !isLinked(ports, id, query))
        throw new Problem(
          403,
          'link_expired',
          'This URL has expired, or is not ours; ask for a new one.',
        )
      if (!byLink && !caller)
        throw new Problem(401, 'no_link', 'Sign in, or use the `url` of an answer.')
      const { userId, blobId, mime, size, kind, name, checksum } =
        byLink || !caller
          ? await storedMedia(executor, id)
          : await visibleMedia(executor, caller, id)
      if (byLink) await mustBeOpen(executor, userId)
      const { state: bytes } = await executor.stateOf(blob, blobId)
      const { storedAs } = bytes
      if (storedAs === undefined || !(id in bytes.holders)) throw notFound('media')
      return {
        data: null,
        content: {
          type: mime === 'text/plain' ? 'text/plain; charset=utf-8' : mime,
          size,
          tag: checksum,
          disposition: { kind: kind === 'document' ? 'attachment' : 'inline', name },
          // Pages of other origins have the URL from somebody who may see the file.
          embeddable: byLink,
          open: (range) => blobs.read(keyOf(blobId, storedAs), range),
        },
      }
    },
  }),

  route({
    method: 'DELETE',
    url: '/media/:id',
    access: 'user',
    operationId: 'deleteMedia',
    summary: 'Delete a file, for its owner and admins',
    params,
    data: Type.Object({ id: MediaId }),
    problems: [404],
    handle: async ({ params: { id }, caller, origin }, { executor }) => {
      // Who may not see a file does not learn that there is one.
      const { state: found } = await executor.stateOf(media, id)
      if (found.status === 'none') throw notFound('media')
      if (!(await maySeeMediaOf(executor, caller, found.userId))) throw notFound('media')
      mustOwn(caller, found.userId)
      const command = { type: 'DeleteMedia' as const, data: {} }
      const answer = await executor.execute(media, id, command, origin)
      if (isRefusal(answer)) throw refusalProblem(media, answer)
      return { data: { id }, position: answer.position }
    },
  }),

  route({
    method: 'GET',
    url: '/users/:userId/media',
    access: 'user',
    operationId: 'listMediaOfUser',
    summary: 'Files of a user whom you may see, the latest first',
    params: Fields({ userId: UserId }),
    query: ListQuery(['createdAt', 'size'], { kind: Type.Optional(MediaKind) }),
    data: ListOf('media', Type.Object({ ...ShownMedia.properties, createdAt: Type.String() })),
    problems: [404],
    handle: async ({ params: { userId }, query, caller }, ports) => {
      if (!(await maySeeMediaOf(ports.executor, caller, userId))) throw notFound('user')
      const found = await listed(ports, all, query, { userId, kind: query.kind })
      const shown = found.documents.map((document) => ({
        ...shownMedia(ports, document.id, document),
        createdAt: document.createdAt,
      }))
      return { data: { media: shown, ...found.info }, position: found.position }
    },
  }),
]
