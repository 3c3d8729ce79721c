import type { UserId } from '../domains/shared/index.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import type { Feed } from '../platform/runtime/feed.ts'
import type { Progress } from '../platform/runtime/progress.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'

/** A signed-in user, as their token tells. */
export type Caller = {
  readonly id: UserId
  readonly roles: readonly string[]
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** Writes down what goes wrong. */
export type Logger = {
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

/** All that the sockets are handed. */
export type RealtimeDependencies = {
  /** @throws when it is expired, foreign, or no token at all */
  readonly verifyToken: (token: string) => Caller
  readonly readModels: ReadModels
  readonly feed: Pick<Feed, 'next' | 'head'>
  readonly progress: Pick<Progress, 'reach'>
  readonly executor: Executor
  readonly logger: Logger
  /** Web pages of these origins may connect; `*` allows all. */
  readonly corsOrigins: readonly string[]
}
