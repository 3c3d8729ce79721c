import type { Action } from '../world.ts'

/** Sends a message in one of the conversations. */
const say: Action = async ({ chance, kept, word, wrong }, me) => {
  const mine = [...kept.conversations.values()].filter(({ participants }) =>
    participants.includes(me.id),
  )
  const conversation = chance.oneOf(mine)
  if (!conversation) return
  const text = `I say ${word()}`
  const answer = await me.call('POST', `/chat/conversations/${conversation.id}/messages`, { text })
  if (answer.status !== 201) return wrong('POST /chat/conversations/:id/messages', answer)
  conversation.messages.set(answer.body.data.id, text)
}

const read: Action = async ({ chance, kept, wrong }, me) => {
  const mine = [...kept.conversations.values()].filter(({ participants }) =>
    participants.includes(me.id),
  )
  const conversation = chance.oneOf(mine)
  if (!conversation) return
  const answer = await me.call('POST', `/chat/conversations/${conversation.id}/read`)
  if (answer.status !== 200) wrong('POST /chat/conversations/:id/read', answer)
}

export const chatting: readonly (readonly [weight: number, action: Action])[] = [
  [12, say],
  [2, read],
]
