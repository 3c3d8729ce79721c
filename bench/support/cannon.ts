import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A request that is sent repeatedly. */
export type Aim = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Target and duration of a load. */
export type Volley = {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly requests: readonly Aim[]
}

/** Result: successes per second, latencies in ms, and the number of failures. */
export type Shot = {
  readonly rate: number
  /** Number of successes. */
  readonly count: number
  /** CPU time of the load generator, in s. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
}

/** A load generator in a process of its own (autocannon): every connection sends its next request after each answer. */
export type Cannon = Disposable & { readonly fire: (volley: Volley) => Promise<Shot> }

/** Starts a load generator. */
export const cannon = (): Cannon => {
  const child = fork(join(import.meta.dirname, 'cannon-process.ts'), { execArgv: [] })
  return {
    fire: async (volley) => {
      child.send(volley)
      const [shot] = (await once(child, 'message')) as [Shot]
      return shot
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}
