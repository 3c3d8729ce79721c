import { Type } from 'typebox'
import { Fields } from '#kernel'
import { route } from '../../../serving/route.ts'
import { MediaId, Name } from '../../shared/index.ts'
import { MediaType } from '../language.ts'
import { completeDirectUpload, startDirectUpload } from '../services/direct-uploads.ts'
import { ShownMedia, shownMedia } from '../services/media-answer.ts'
import { mustHaveFewWaiting } from '../services/waiting-pictures.ts'

/** Routes of uploads into the store of blobs itself. */
export const directUploadRoutes = [
  route({
    method: 'POST',
    url: '/media/uploads',
    access: 'user',
    operationId: 'startDirectUpload',
    summary: 'Begin the upload of a large file to the store of files itself',
    description:
      'Send the bytes by the request of the answer, with its headers and exactly `size` bytes, before `expiresAt`; then complete the upload. It takes its space from the beginning; what is not completed an hour after `expiresAt` is given up. Where files are stored on disk, the answer is 409: `POST /media/upload` takes them.',
    body: Fields({
      name: Type.Optional(Name(1, 255)),
      size: Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'In bytes',
      }),
      mime: MediaType,
    }),
    example: { name: 'holidays.mp4', size: 104_857_600, mime: 'video/mp4' },
    data: Type.Object({
      id: MediaId,
      method: Type.Literal('PUT'),
      url: Type.String({ description: 'Of the store; needs no token' }),
      headers: Type.Record(Type.String(), Type.String()),
      expiresAt: Type.String(),
    }),
    status: 201,
    problems: [409, 413],
    handle: async ({ body, caller, origin }, ports) => {
      await mustHaveFewWaiting(ports.readModels, caller)
      const { id, offer, expiresAt, position } = await startDirectUpload(
        ports,
        body,
        caller,
        origin,
      )
      return { data: { id, ...offer, expiresAt }, position }
    },
  }),

  route({
    method: 'POST',
    url: '/media/uploads/:id/complete',
    access: 'user',
    operationId: 'completeDirectUpload',
    summary: 'Make a file of what you have sent to the store of files',
    description:
      'Its size and content are checked as those of other uploads; what is refused is removed, and its space is free an hour after `expiresAt`. May be repeated.',
    params: Fields({ id: MediaId }),
    data: ShownMedia,
    status: 201,
    problems: [404, 409, 413, 415],
    handle: async ({ params: { id }, caller, origin }, ports) => {
      const { state, position } = await completeDirectUpload(ports, id, caller, origin)
      return { data: shownMedia(ports, id, state), position }
    },
  }),
]
