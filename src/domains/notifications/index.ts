export { Channel, notification, notificationIdOf } from './notification.ts'
