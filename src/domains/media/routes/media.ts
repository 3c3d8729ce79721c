import { Type } from 'typebox'
import { Fields, isRefusal } from '#kernel'
import { mustOwn, ownsOrAdmin } from '../../../serving/caller.ts'
import { ListOf, ListQuery } from '../../../serving/lists.ts'
import { notFound } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { media, MediaKind } from '../language.ts'
import { listedMedia } from '../services/listed-media.ts'
import { ShownMedia, shownMedia } from '../services/media-answer.ts'
import { upload } from '../services/uploads.ts'
import { maySeeMediaOf, visibleMedia } from '../services/visible-media.ts'
import { mustHaveFewWaiting } from '../services/waiting-pictures.ts'

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
    rpcs: [{ name: 'agora.media.v1.MediaService/UploadMedia' }],
    summary: 'Upload files: pictures, videos, PDFs and plain texts',
    description:
      'All files are stored, or none when one is refused. What a file is follows from its bytes; its name and the type that the request claims do not matter. Files of the same bytes are stored once. Pictures are cleaned before anybody sees them (no metadata, the right way up): `PROCESSING` until then, which takes a second; requests that need them wait for it. While 20 pictures of the caller are `PROCESSING`, the answer is 429.',
    upload: { field: 'file', maxFiles, description: 'Files, as `file` once or several times' },
    data: Type.Object({ media: Type.Array(ShownMedia) }),
    status: 201,
    handle: async ({ files, caller, origin }, ports) => {
      await mustHaveFewWaiting(ports.readModels, caller)
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
    rpcs: [{ name: 'agora.media.v1.MediaService/GetMedia' }],
    summary: 'What is known of a file, with a URL of its bytes',
    description:
      'For its owner and admins; for others where a post, gig, product or profile that they may see shows it, or where they were sent it in a message or by a delivery.',
    params,
    data: ShownMedia,
    problems: [404],
    handle: async ({ params: { id }, caller }, ports) => {
      const { position, ...found } = await visibleMedia(ports, caller, id)
      const { userId, postIds } = found
      const posts = postIds && ownsOrAdmin(caller, userId) ? { postIds: [...postIds] } : {}
      return { data: { ...shownMedia(ports, id, found), ...posts }, position }
    },
  }),

  route({
    method: 'DELETE',
    url: '/media/:id',
    access: 'user',
    operationId: 'deleteMedia',
    rpcs: [{ name: 'agora.media.v1.MediaService/DeleteMedia' }],
    summary: 'Delete a file, for its owner and admins',
    params,
    data: Type.Object({ id: MediaId }),
    problems: [404],
    handle: async ({ params: { id }, caller, origin }, ports) => {
      const { executor } = ports
      // Who may not see a file does not learn that there is one.
      const { state: found } = await executor.stateOf(media, id)
      if (found.status === 'none') throw notFound('media')
      if (!ownsOrAdmin(caller, found.userId)) await visibleMedia(ports, caller, id)
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
    rpcs: [{ name: 'agora.media.v1.MediaService/GetUserMedia' }],
    summary: 'Files of a user whom you may see, the latest first',
    description:
      'All for the user and admins; for others those that a post, gig, product or profile shows.',
    params: Fields({ userId: UserId }),
    query: ListQuery(['createdAt', 'size'], { kind: Type.Optional(MediaKind) }),
    data: ListOf('media', Type.Object({ ...ShownMedia.properties, createdAt: Type.String() })),
    problems: [404],
    handle: async ({ params: { userId }, query, caller }, ports) => {
      if (!(await maySeeMediaOf(ports.executor, caller, userId))) throw notFound('user')
      const found = await listedMedia(ports, caller, userId, query)
      const shown = found.documents.map((document) => ({
        ...shownMedia(ports, document.id, document),
        createdAt: document.createdAt,
      }))
      return { data: { media: shown, ...found.info }, position: found.position }
    },
  }),
]
