// Exports of this context for other parts of Agora: its deciders, ids and types.

export { gig, GigDetails, GigStatus, isThere, type PresentGig } from './gig.ts'
export { Package, RecordedPackage, termsOf } from './package.ts'
