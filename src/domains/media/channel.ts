import type { DocumentOf, RecordedEvent } from '#kernel'
import { media as files } from '../../projections/index.ts'
import { readOne } from '../../runtime/reading.ts'
import { ownsOrAdmin } from '../../serving/caller.ts'
import { topic, userRoom } from '../../serving/channel.ts'
import { textIn } from '../../serving/event-fields.ts'
import { noSuchTask, taskMessages, taskRoom, tasksOf } from '../../serving/tasks.ts'
import { shownStatus } from './services/media-answer.ts'

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
  server: taskMessages({
    accepted: ['MediaUploaded'],
    progress: ['MediaCleaned'],
    done: ['MediaThumbnailGenerated'],
    failed: ['MediaRejected'],
  }),
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

/** Cleaning of pictures in `/tasks`: the id of a task is that of the file. */
export const mediaTasks = tasksOf({
  topic: cleaning,
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
})
