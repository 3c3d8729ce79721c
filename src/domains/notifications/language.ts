// Exports of this context for other parts of Agora: its deciders, ids and types.

export { browserIdOf, device, DeviceId, PhoneNumber, phoneIdOf, Subscription } from './device.ts'
export { kindOf } from './kinds.ts'
export {
  Channel,
  followNewsIdOf,
  notification,
  notificationIdOf,
  postNewsIdOf,
  pushIdOf,
  rejectionNewsIdOf,
  reviewNewsType,
  wordsAboutAPerson,
  welcomeIdOf,
} from './notification.ts'
export { promotion, PromotionId, Segment } from './promotion.ts'
export { quietUntil } from './quiet-hours.ts'
export { localeOf, templated, templates, valuesOf, written, type Filled } from './templates.ts'
