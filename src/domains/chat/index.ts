import { module } from '../../serving/module.ts'
import { chatChannel } from './channel.ts'
import { erase } from './erase.ts'
import { notifyAbsent } from './jobs/notify-absent.ts'
import { conversation, message } from './language.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { messageRoutes } from './routes/messages.ts'

/** The context `chat`. */
export const chat = module({
  name: 'chat',
  about: 'Conversations of two users',
  deciders: [conversation, message],
  routes: [...conversationRoutes, ...messageRoutes],
  channels: [chatChannel],
  chores: [notifyAbsent],
  erase,
})
