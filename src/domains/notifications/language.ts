// Exports of this context for other parts of Agora: its deciders, ids and types.

export {
  Channel,
  followNewsIdOf,
  notification,
  notificationIdOf,
  postNewsIdOf,
  reviewNewsType,
  welcomeIdOf,
} from './notification.ts'
