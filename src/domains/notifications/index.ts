export { Channel, notification, notificationIdOf, welcomeIdOf } from './notification.ts'
