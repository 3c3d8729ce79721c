import type { RecordedEvent } from '#kernel'
import { comments, positionAt, posts } from '../../../projections/index.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { ChannelPorts } from '../../../serving/channel-ports.ts'
import { textIn } from '../../../serving/event-fields.ts'
import type { MissedRange } from '../../../serving/questions.ts'
import { unblockedAmong } from '../../profiles/services/reading-rights.ts'
import type { PostId } from '../../shared/index.ts'
import {
  commentPushes,
  deletedCommentPush,
  deletedPush,
  postPushes,
  type PushedAt,
} from './pushed-posts.ts'
import { feedAfter } from './timelines.ts'

/** What happened after a position. */
type Missed = {
  readonly messages: readonly PushedAt[]
  readonly position: bigint
  readonly isTooMuch?: true
}

/** Reads the posts of a reader's feed after a position, oldest first, from the timelines. */
export const postsAfter = async (
  ports: Pick<ChannelPorts, 'readModels' | 'apiUrl'>,
  reader: Pick<Caller, 'id' | 'roles'>,
  range: MissedRange,
): Promise<Missed> => {
  const { posts: found, goesOn, position } = await feedAfter(ports.readModels, reader, range)
  const documents = found.map(({ document }) => document)
  const pushOf = await postPushes(ports, documents, range.minPosition)
  return {
    messages: found.map(({ document, place }) =>
      pushOf('post:created', document, positionAt(place)),
    ),
    position: goesOn === undefined ? position : positionAt(goesOn),
  }
}

/** Events that change a post or its comments. */
const types = ['PostUpdated', 'PostDeleted', 'CommentCreated', 'CommentDeleted']

/** Most pages of such events, of all posts, that are searched for those of one. */
const mostPages = 10

/** Reads the events of a post and its comments between two positions; undefined when there are too many of other posts. */
const eventsOf = async (
  log: Pick<ChannelPorts['log'], 'readAll'>,
  postId: PostId,
  { after, minPosition: to }: Pick<MissedRange, 'after' | 'minPosition'>,
): Promise<readonly RecordedEvent[] | undefined> => {
  const found: RecordedEvent[] = []
  let at = after
  for (let nth = 0; nth < mostPages; nth += 1) {
    const { events, position } = await log.readAll({ after: at, types, limit: 1_000 })
    found.push(
      ...events.filter(
        (event) =>
          event.position <= to &&
          types.includes(event.type) &&
          (event.id === postId || textIn(event, 'postId') === postId),
      ),
    )
    if (position >= to || position === at) return found
    at = position
  }
  return undefined
}

/**
 * Reads what happened to a post and its comments after a position, oldest first, from the log. Comments of users with whom
 * the reader has a block are left out, as are those that are gone again.
 */
export const changesAfter = async (
  ports: Pick<ChannelPorts, 'readModels' | 'apiUrl' | 'log'>,
  reader: Pick<Caller, 'id' | 'roles'>,
  postId: PostId,
  { after, minPosition, limit }: MissedRange,
): Promise<Missed> => {
  const { readModels } = ports
  const { document } = await readModels.get(posts, postId, minPosition)
  const events = await eventsOf(ports.log, postId, { after, minPosition })
  if (!events) return { messages: [], position: minPosition, isTooMuch: true }
  const part = events.slice(0, limit)
  const ids = part.flatMap(({ type, id }) => (type === 'CommentCreated' ? [id] : []))
  const { documents } = await readModels.find(
    comments,
    { where: { id: { in: ids } }, limit: ids.length, counted: false },
    minPosition,
  )
  const authors = documents.flatMap(({ userId }) => userId ?? [])
  const seen = await unblockedAmong(readModels, reader, authors, minPosition)
  const shown = documents.filter(({ userId }) => userId !== undefined && seen.has(userId))
  const [commentOf, postOf] = await Promise.all([
    commentPushes(readModels, shown, minPosition),
    postPushes(ports, document ? [document] : [], minPosition),
  ])
  const messages = part.flatMap((event): PushedAt[] => {
    const { type, position: at } = event
    if (type === 'PostDeleted') return [deletedPush(postId, at)]
    if (type === 'PostUpdated') return document ? [postOf('post:updated', document, at)] : []
    const push = type === 'CommentCreated' ? commentOf(event) : deletedCommentPush(event)
    return push ? [push] : []
  })
  const last = part.length < events.length ? part.at(-1) : undefined
  return { messages, position: last?.position ?? minPosition }
}
