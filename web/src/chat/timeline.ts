import type { Pushes } from '../api/sockets.ts'
import type { Message } from './chat-queries.ts'
import type { Outgoing } from './outbox.ts'

/** A change of a message: another text, or its end. */
export type Change =
  | { readonly text?: string; readonly editedAt: string }
  | { readonly withdrawnAt: string }

/**
 * What was heard of a conversation's messages since its page is shown. It is separate from what queries have read, so that
 * an answer that was under way meanwhile takes nothing of it away.
 */
export type Heard = {
  readonly news: ReadonlyMap<string, Message>
  /** The last change of each message, by its id. */
  readonly changes: ReadonlyMap<string, Change>
  /** Position of the last push; a reconnected socket asks for all after it. */
  readonly last: string | undefined
}

/** Before anything was heard. */
export const nothingHeard: Heard = { news: new Map(), changes: new Map(), last: undefined }

const later = (one: string | undefined, other: string): string =>
  one === undefined || BigInt(one) < BigInt(other) ? other : one

/** Includes a new message. */
export const withNew = (heard: Heard, message: Pushes<'/chat'>['message:new']): Heard => ({
  ...heard,
  news: new Map(heard.news).set(message.id, message),
  last: later(heard.last, message.position),
})

/** Includes a change of a message; one that was withdrawn stays so. @param position of its push, if it came by one */
export const withChange = (heard: Heard, id: string, change: Change, position?: string): Heard => {
  const before = heard.changes.get(id)
  return {
    ...heard,
    changes:
      before && 'withdrawnAt' in before ? heard.changes : new Map(heard.changes).set(id, change),
    last: position === undefined ? heard.last : later(heard.last, position),
  }
}

/** Whether a heard change is older than the message as it was read. */
const isOld = (message: Message, change: Change): boolean =>
  'editedAt' in change && (change.editedAt ?? '') < (message.editedAt ?? '')

const changed = (message: Message, change: Change | undefined): Message => {
  if (change && isOld(message, change)) return message
  const state = { ...message, ...change }
  if (state.withdrawnAt === undefined) return state
  const { text: _, mediaIds: __, ...rest } = state
  return rest
}

/** One state of the same message that is as late as both. */
const latestOf = (one: Message, other: Message | undefined): Message => {
  if (!other || one.withdrawnAt !== undefined) return one
  return other.withdrawnAt !== undefined || (other.editedAt ?? '') > (one.editedAt ?? '')
    ? other
    : one
}

const byPosition = (one: Message, other: Message): number =>
  BigInt(one.position) < BigInt(other.position) ? -1 : 1

/** Returns all known messages, each once, the oldest first. @param read what queries have read, in any order */
export const messagesOf = (read: readonly Message[], heard: Heard): readonly Message[] => {
  const all = new Map<string, Message>()
  for (const message of [...read, ...heard.news.values()])
    all.set(message.id, latestOf(message, all.get(message.id)))
  return [...all.values()]
    .map((message) => changed(message, heard.changes.get(message.id)))
    .toSorted(byPosition)
}

/**
 * Position after which a socket is to send all that happens.
 * @param readUpTo what queries have read is complete up to here; a message after it may be among them before earlier ones
 */
export const heardUpTo = (readUpTo: string, { last }: Heard): string => later(last, readUpTo)

const isSame = (message: Message, { text, mediaIds = [] }: Outgoing): boolean =>
  message.text === text && (message.mediaIds ?? []).join() === mediaIds.join()

/**
 * Returns messages and what is on its way, so that nothing is shown twice: a message whose id is known has arrived, and one
 * that arrived before its acknowledgement is shown as on its way until then.
 * @param me id of the user
 */
export const withOutgoing = (
  messages: readonly Message[],
  outgoing: readonly Outgoing[],
  me: string,
): { readonly messages: readonly Message[]; readonly outgoing: readonly Outgoing[] } => {
  const ids = new Set(messages.map(({ id }) => id))
  const acknowledged = new Set(outgoing.map(({ id }) => id))
  const echoes = new Set<string>()
  for (const one of outgoing.filter(({ id }) => id === undefined)) {
    const echo = messages.find(
      (message) =>
        message.senderId === me &&
        BigInt(message.position) > BigInt(one.after) &&
        !acknowledged.has(message.id) &&
        !echoes.has(message.id) &&
        isSame(message, one),
    )
    if (echo) echoes.add(echo.id)
  }
  return {
    messages: messages.filter(({ id }) => !echoes.has(id)),
    outgoing: outgoing.filter(({ id }) => id === undefined || !ids.has(id)),
  }
}

/** Returns messages by the day they were sent on, in order. @param dayOf the day of a moment */
export const byDay = (
  messages: readonly Message[],
  dayOf: (at: string) => string,
): readonly (readonly [day: string, messages: readonly Message[]])[] => [
  ...Map.groupBy(messages, ({ sentAt }) => dayOf(sentAt)),
]

/** How far the other participant has received and read messages: times of the last ones. */
export type Marks = {
  readonly received: string | undefined
  readonly read: string | undefined
}

/** Returns marks that are at least as late as both. */
export const laterMarks = (one: Marks, other: Marks): Marks => {
  const latest = (a: string | undefined, b: string | undefined) => ((a ?? '') > (b ?? '') ? a : b)
  return { received: latest(one.received, other.received), read: latest(one.read, other.read) }
}

/** How far a message has come. */
export const reachedBy = (
  sentAt: string,
  { received, read }: Marks,
): 'sent' | 'delivered' | 'read' => {
  if (read !== undefined && read >= sentAt) return 'read'
  return received !== undefined && received >= sentAt ? 'delivered' : 'sent'
}
