// Exports of this context for other parts of Agora: its deciders, ids and types.

export { replay, ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from './replay.ts'
