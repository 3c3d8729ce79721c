import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { kept, onRemovedElsewhere } from '../api/private-storage.ts'
import { signedIn } from '../api/signed-in.ts'
import { useLiveness } from '../api/use-live.ts'
import { conversationsKey, messagesQuery } from './chat-queries.ts'
import { createOutbox, type Outgoing } from './outbox.ts'
import { isPassing, sendMessage, wayOf } from './send-message.ts'
import { keyOf, unsentMessages } from './unsent.ts'

/** Messages of this browser tab on their way. */
export const outbox = createOutbox({
  wayOf,
  send: sendMessage,
  isPassing,
  unsent: unsentMessages(kept),
})

window.addEventListener('online', outbox.resume)
// The next user must not send them.
signedIn.onChange(outbox.close)
onRemovedElsewhere((userId, name) => {
  const key = keyOf(name)
  if (key !== undefined) outbox.dropped(userId, key)
})

/**
 * The messages of a conversation that are on their way, with those that its user has left unsent before.
 * @param me id of the user
 * @param known ids of messages that are shown
 */
export const useOutgoing = (
  conversationId: string,
  me: string,
  known: ReadonlySet<string>,
): readonly Outgoing[] => {
  useEffect(() => outbox.open(me), [me])
  const queries = useQueryClient()
  const isOffline = useLiveness() === 'offline'
  const all = useSyncExternalStore(outbox.onChange, outbox.all)
  const own = useMemo(
    () => all.filter((one) => one.conversationId === conversationId),
    [all, conversationId],
  )
  const sent = own.flatMap(({ id }) => id ?? []).join()
  useEffect(() => {
    if (sent === '') return
    void queries.invalidateQueries({ queryKey: conversationsKey })
    // Where no socket brings it, the query does.
    if (isOffline)
      void queries.invalidateQueries({ queryKey: messagesQuery(conversationId).queryKey })
  }, [sent, isOffline, conversationId, queries])
  useEffect(() => {
    for (const { key, id } of own) if (id !== undefined && known.has(id)) outbox.discard(key)
  }, [own, known])
  return own
}

/** Ids of the conversations with messages that are not sent. @param me id of the user */
export const useUnsent = (me: string): ReadonlySet<string> => {
  useEffect(() => outbox.open(me), [me])
  const all = useSyncExternalStore(outbox.onChange, outbox.all)
  return useMemo(
    () =>
      new Set(
        all
          .filter(({ status }) => !['sent', 'sending', 'queued'].includes(status))
          .map(({ conversationId }) => conversationId),
      ),
    [all],
  )
}
