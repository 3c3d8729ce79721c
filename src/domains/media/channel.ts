import { Type } from 'typebox'
import { Fields, type DocumentOf, type RecordedEvent } from '#kernel'
import { media as files } from '../../projections/index.ts'
import { readOne } from '../../runtime/reading.ts'
import { ownsOrAdmin } from '../../serving/caller.ts'
import {
  ask,
  channel,
  Position,
  refusal,
  subscription,
  tell,
  topic,
  unsubscription,
  userRoom,
} from '../../serving/channel.ts'
import { textIn } from '../../serving/event-fields.ts'
import { MediaId } from '../shared/index.ts'
import { RejectionReason } from './language.ts'
import { shownStatus } from './services/media-answer.ts'

const TaskRef = Fields({ taskId: MediaId })

/** A task that a message is about. The id of the task of cleaning a picture is that of the file. */
const task = {
  taskId: MediaId,
  kind: Type.Literal('media'),
  position: Position,
}

const taskRoom = (taskId: string): string => `task:${taskId}`

/** The message about an event of a picture. */
const messageOf = (
  { id: taskId, kind, reason = 'not_decodable' }: DocumentOf<typeof files>,
  { type, position }: RecordedEvent,
) => {
  const common = { taskId, kind: 'media' as const, position: String(position) }
  if (type === 'MediaUploaded' && kind === 'image')
    return { name: 'task:accepted' as const, payload: common }
  if (type === 'MediaCleaned')
    return { name: 'task:progress' as const, payload: { ...common, progress: 50 } }
  if (type === 'MediaThumbnailGenerated') return { name: 'task:done' as const, payload: common }
  if (type === 'MediaRejected')
    return { name: 'task:failed' as const, payload: { ...common, reason } }
  return undefined
}

const cleaning = topic({
  projection: files,
  server: {
    'task:accepted': tell('A picture was uploaded, and will be cleaned.', Fields(task), [
      'MediaUploaded',
    ]),
    'task:progress': tell(
      'A picture was cleaned; its thumbnails follow.',
      Fields({ ...task, progress: Type.Integer({ minimum: 0, maximum: 100 }) }),
      ['MediaCleaned'],
    ),
    'task:done': tell('A picture is ready, with its thumbnails.', Fields(task), [
      'MediaThumbnailGenerated',
    ]),
    'task:failed': tell('A picture was rejected.', Fields({ ...task, reason: RejectionReason }), [
      'MediaRejected',
    ]),
  },
  concerns: (event, { audience }) => {
    const rooms = [taskRoom(event.id), userRoom(textIn(event, 'userId'))]
    return rooms.some((room) => audience.isIn(room)) ? event.id : undefined
  },
  tells: ({ changes }) =>
    changes.flatMap(({ document, events }) =>
      events.flatMap((event) => {
        const message = messageOf(document, event)
        if (!message) return []
        const to = [taskRoom(document.id), userRoom(document.userId)]
        return [{ ...message, to, at: event.position }]
      }),
    ),
})

const noSuchTask = refusal('no_such_task', 'There is no such task.')

/** `/tasks`: what becomes of uploaded pictures. */
export const tasksChannel = channel({
  namespace: '/tasks',
  about:
    'The cleaning of uploaded pictures. Their owners receive the messages of all of them without subscribing; admins may ' +
    'subscribe to any.',
  topics: [cleaning],
  client: {
    'task:subscribe': subscription(
      ask(
        'Subscribe to a task; the answer has its current status.',
        TaskRef,
        Fields({
          status: Type.Enum(['READY', 'PROCESSING', 'REJECTED']),
          reason: Type.Optional(RejectionReason),
          position: Position,
        }),
      ),
      {
        topic: cleaning,
        room: ({ taskId }) => taskRoom(taskId),
        // Others do not learn that there is such a task.
        mustExist: async ({ taskId }, { caller, ports: { readModels } }) => {
          const { document } = await readOne(readModels, files, taskId)
          return document && ownsOrAdmin(caller, document.userId) ? undefined : noSuchTask
        },
        read: ({ taskId }, { ports: { readModels }, minPosition }) =>
          readOne(readModels, files, taskId, minPosition),
        answer: ({ document, position }) => {
          if (!document) return noSuchTask
          const { status, reason } = document
          return {
            ok: true,
            status: shownStatus(status),
            ...(reason && { reason }),
            position: String(position),
          }
        },
      },
    ),
    'task:unsubscribe': unsubscription(
      ask('End the subscription to a task.', TaskRef),
      ({ taskId }) => taskRoom(taskId),
    ),
  },
})
