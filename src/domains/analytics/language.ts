// What other parts of Agora may use of this context: its deciders, ids and types.

export { replay, ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from './replay.ts'
