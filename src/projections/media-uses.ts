import { Type, type Static } from 'typebox'
import { Fields, projection, Timestamp, type EventOf } from '#kernel'
import { product } from '../domains/catalog/language.ts'
import { message } from '../domains/chat/language.ts'
import { gig } from '../domains/gigs/language.ts'
import { media as file, mediaIdInUrl } from '../domains/media/language.ts'
import { gigOrder } from '../domains/ordering/language.ts'
import { post } from '../domains/posts/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { MediaId, UserId } from '../domains/shared/index.ts'

const document = Fields({
  id: MediaId,
  userId: UserId,
  /** Number of posts, messages, gigs, deliveries, products and profiles that refer to it. */
  uses: Type.Integer({ minimum: 0 }),
  /** Since when nothing refers to it; absent while something does. */
  unusedSince: Type.Optional(Timestamp),
})
type Document = Static<typeof document>

const from = [file, post, gig, message, gigOrder, profile, product] as const
type Event = EventOf<(typeof from)[number]>

/** The files that an event adds a reference to, or takes one from. */
const changeIn = (
  event: Event,
): readonly [added: readonly MediaId[], dropped: readonly MediaId[]] => {
  switch (event.type) {
    case 'PostCreated':
    case 'GigCreated':
    case 'GigOrderDelivered':
      return [event.data.mediaIds, []]
    // What a product was shown by stays: its events do not say which picture it no longer has.
    case 'ProductCreated':
    case 'ProductUpdated': {
      const id = mediaIdInUrl(event.data.image ?? '')
      return [id === undefined ? [] : [id], []]
    }
    case 'MessageSent':
      return [event.data.mediaIds ?? [], []]
    case 'PostMediaChanged':
    case 'GigMediaChanged':
    case 'MessageMediaChanged':
    case 'UserMediaChanged':
      return [event.data.added, event.data.dropped]
    default:
      return [[], []]
  }
}

/** Counts the references of an event to a file. Files that are deleted, or of another program, have no document. */
const counted = (found: Document | undefined, event: Event, key: string): Document | undefined => {
  if (!found) return undefined
  const [added, dropped] = changeIn(event)
  const isKey = (id: MediaId) => id === key
  const uses = Math.max(0, found.uses + Number(added.some(isKey)) - Number(dropped.some(isKey)))
  const { id, userId } = found
  return uses === 0 ? { id, userId, uses, unusedSince: event.at } : { id, userId, uses }
}

/** References to files of users: what nothing refers to is deleted after a while. */
export const mediaUses = projection({
  name: 'media_uses',
  store: 'postgres',
  document,
  from,
  key: (event) => {
    if (event.type === 'MediaUploaded' || event.type === 'MediaDeleted') return event.id
    const [added, dropped] = changeIn(event)
    return [...added, ...dropped]
  },
  beginsWith: [file],
  indexes: [['unusedSince']],
}).rules({
  MediaUploaded: (_, { id, at, data: { userId } }) => ({ id, userId, uses: 0, unusedSince: at }),
  MediaDeleted: () => undefined,
  PostCreated: counted,
  PostMediaChanged: counted,
  GigCreated: counted,
  GigMediaChanged: counted,
  MessageSent: counted,
  MessageMediaChanged: counted,
  GigOrderDelivered: counted,
  UserMediaChanged: counted,
  ProductCreated: counted,
  ProductUpdated: counted,
})
