import { module } from '../../serving/module.ts'
import { notificationsChannel } from './channel.ts'
import { erase } from './erase.ts'
import { confirmPhone } from './jobs/confirm-phone.ts'
import { promote } from './jobs/promote.ts'
import { pushAlong } from './jobs/push-along.ts'
import { releaseNotifications } from './jobs/release-notifications.ts'
import { sendMail } from './jobs/send-mail.ts'
import { sendPromotions } from './jobs/send-promotions.ts'
import { sendPush } from './jobs/send-push.ts'
import { sendSms } from './jobs/send-sms.ts'
import { device, notification, promotion } from './language.ts'
import { deviceRoutes } from './routes/devices.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { promotionRoutes } from './routes/promotions.ts'
import { removingRoutes } from './routes/removing-devices.ts'
import { sendingRoutes } from './routes/sending.ts'
import { unsubscribingRoutes } from './routes/unsubscribing.ts'

/** The context `notifications`. */
export const notifications = module({
  name: 'notifications',
  about: 'Notifications of users: in the app, by mail, push and text message',
  deciders: [notification, device, promotion],
  routes: [
    ...notificationRoutes,
    ...sendingRoutes,
    ...promotionRoutes,
    ...deviceRoutes,
    ...removingRoutes,
    ...unsubscribingRoutes,
  ],
  channels: [notificationsChannel],
  jobs: [sendMail, pushAlong, sendPush, sendSms, confirmPhone],
  chores: [releaseNotifications, sendPromotions],
  workflows: [promote],
  erase,
})
