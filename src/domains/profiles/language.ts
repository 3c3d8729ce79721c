// Exports of this context for other parts of Agora: its deciders, ids and types.

export { block, BlockId, blockIdOf } from './block.ts'
export { follow, FollowId, followIdOf } from './follow.ts'
export { afterChange, profile } from './profile.ts'
export { initially, Preferences, Privacy, Seller, Settings } from './profile-messages.ts'
export { allowsAnalytics, unwanted } from './wishes.ts'
