import { Type, type Static } from 'typebox'
import { Fields, projection, Timestamp, type EventOf } from '#kernel'
import { product } from '../domains/catalog/language.ts'
import { message, MessageId } from '../domains/chat/language.ts'
import { gig } from '../domains/gigs/language.ts'
import { media as file, MediaKind, mediaIdInUrl } from '../domains/media/language.ts'
import { gigOrder } from '../domains/ordering/language.ts'
import { post } from '../domains/posts/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { GigId, MediaId, OrderId, ProductId, UserId } from '../domains/shared/index.ts'

/** Number of gigs that a document names: the latest. */
const mostGigs = 50

/**
 * Number of products that a document names. A picture of as many counts as theirs for good, since only a product that is named
 * is told from a further one as an update repeats the picture.
 */
const mostProducts = 50

const document = Fields({
  id: MediaId,
  userId: UserId,
  kind: MediaKind,
  /** In bytes. */
  size: Type.Integer(),
  createdAt: Timestamp,
  /** Number of posts, messages, gigs, deliveries, products and profiles that refer to it. */
  uses: Type.Integer({ minimum: 0 }),
  /** Number of those that others than their two parties see: posts, gigs, products and profiles. */
  publicUses: Type.Integer({ minimum: 0 }),
  /** Whether there are any. */
  isPublic: Type.Boolean(),
  /** Messages that it was sent in, with their recipients. */
  sentIn: Type.Array(Fields({ messageId: MessageId, recipientId: UserId })),
  /** Orders that it was delivered for. */
  orderIds: Type.Array(OrderId),
  /** Products that it is the picture of: an update repeats it. No longer changed once there are 50. */
  productIds: Type.Array(ProductId, { maxItems: mostProducts }),
  /** The latest 50 gigs that show it, in the order they began to. */
  gigIds: Type.Array(GigId, { maxItems: mostGigs }),
  /** Since when nothing refers to it; absent while something does. */
  unusedSince: Type.Optional(Timestamp),
})
type Document = Static<typeof document>

const from = [file, post, gig, message, gigOrder, profile, product] as const
type Event = EventOf<(typeof from)[number]>

/** The file of ours that is the picture of a product, if one is. */
const pictureOf = ({ image = '' }: { readonly image?: string }): readonly MediaId[] => {
  const id = mediaIdInUrl(image)
  return id === undefined ? [] : [id]
}

/** The files that an event adds a reference to, or takes one from. */
const changeIn = (
  event: Event,
): readonly [added: readonly MediaId[], dropped: readonly MediaId[]] => {
  switch (event.type) {
    case 'PostCreated':
    case 'GigCreated':
    case 'GigOrderDelivered':
      return [event.data.mediaIds, []]
    case 'ProductCreated':
    case 'ProductUpdated':
      return [pictureOf(event.data), []]
    case 'ProductImageDropped':
      return [[], pictureOf(event.data)]
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

/** Whether an event is about something that others than two parties see. */
const isOfParties = ({ type }: Event): boolean =>
  type === 'MessageSent' || type === 'MessageMediaChanged' || type === 'GigOrderDelivered'

/** Whether an event is one of a product, of which each update repeats the picture. */
const isOfProduct = ({ type }: Event): boolean =>
  type === 'ProductCreated' || type === 'ProductUpdated' || type === 'ProductImageDropped'

type References = Pick<Document, 'sentIn' | 'orderIds' | 'productIds' | 'gigIds'>

/** A list with a value, once. */
const including = <T>(values: readonly T[], value: T): T[] => [...new Set([...values, value])]

/** Products after a change, unless there were too many to name all. */
const withinMost = (before: readonly ProductId[], after: ProductId[]): ProductId[] =>
  before.length < mostProducts ? after : [...before]

/** Returns the references to a file that its document names, after an event. @param isAdded whether the event adds one */
const referencesAfter = (
  { sentIn, orderIds, productIds, gigIds }: Document,
  event: Event,
  isAdded: boolean,
): References => {
  const before = { sentIn, orderIds, productIds, gigIds }
  switch (event.type) {
    case 'MessageSent': {
      const sent = { messageId: event.id, recipientId: event.data.recipientId }
      return { ...before, sentIn: [...sentIn, sent] }
    }
    case 'MessageMediaChanged':
      return { ...before, sentIn: sentIn.filter(({ messageId }) => messageId !== event.id) }
    case 'GigOrderDelivered':
      return { ...before, orderIds: including(orderIds, event.id) }
    case 'ProductCreated':
    case 'ProductUpdated':
      return { ...before, productIds: withinMost(productIds, including(productIds, event.id)) }
    case 'ProductImageDropped':
      return {
        ...before,
        productIds: withinMost(
          productIds,
          productIds.filter((id) => id !== event.id),
        ),
      }
    case 'GigCreated':
    case 'GigMediaChanged': {
      const { id } = event
      return {
        ...before,
        gigIds: isAdded
          ? including(gigIds, id).slice(-mostGigs)
          : gigIds.filter((other) => other !== id),
      }
    }
    default:
      return before
  }
}

/** Counts the references of an event to a file. Files that are deleted, or of another program, have no document. */
const counted = (found: Document | undefined, event: Event, key: string): Document | undefined => {
  if (!found) return undefined
  const [added, dropped] = changeIn(event)
  const isKey = (id: MediaId) => id === key
  const isAdded = added.some(isKey)
  const references = referencesAfter(found, event, isAdded)
  const change = isOfProduct(event)
    ? references.productIds.length - found.productIds.length
    : Number(isAdded) - Number(dropped.some(isKey))
  const uses = Math.max(0, found.uses + change)
  const publicUses = Math.max(0, found.publicUses + (isOfParties(event) ? 0 : change))
  const { unusedSince: _, ...rest } = found
  return {
    ...rest,
    ...references,
    uses,
    publicUses,
    isPublic: publicUses > 0,
    ...(uses === 0 && { unusedSince: event.at }),
  }
}

/**
 * References to files of users: what nothing refers to is deleted after a while; others see what something public refers to,
 * or what they were sent.
 */
export const mediaUses = projection({
  name: 'media_uses',
  store: 'postgres',
  within: 2_000,
  version: 4,
  document,
  from,
  key: (event) => {
    if (event.type === 'MediaUploaded' || event.type === 'MediaDeleted') return event.id
    const [added, dropped] = changeIn(event)
    return [...added, ...dropped]
  },
  beginsWith: [file],
  indexes: [['unusedSince'], ['userId', 'isPublic', 'createdAt']],
}).rules({
  MediaUploaded: (_, { id, at, data: { userId, kind, size } }) => ({
    id,
    userId,
    kind,
    size,
    createdAt: at,
    uses: 0,
    publicUses: 0,
    isPublic: false,
    sentIn: [],
    orderIds: [],
    productIds: [],
    gigIds: [],
    unusedSince: at,
  }),
  MediaCleaned: (found, { data: { size } }) => found && { ...found, size },
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
  ProductImageDropped: counted,
})
