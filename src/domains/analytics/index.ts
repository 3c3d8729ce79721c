export { replay, ReplayFilter, ReplayId, ReplaySpeed, ReplayStatus } from './replay.ts'
