import { module } from '../../serving/module.ts'
import { notificationsChannel } from './channel.ts'
import { erase } from './erase.ts'
import { sendMail } from './jobs/send-mail.ts'
import { notification } from './language.ts'
import { routes } from './routes.ts'

/** The context `notifications`. */
export const notifications = module({
  name: 'notifications',
  about: 'Notifications of users',
  deciders: [notification],
  routes,
  channels: [notificationsChannel],
  jobs: [sendMail],
  erase,
})
