import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A request that is sent over and over. */
export type Aim = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What to fire, and for how long. */
export type Volley = {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly requests: readonly Aim[]
}

/** What came of it: successes a second, latencies in ms, and how many did not succeed. */
export type Shot = {
  readonly rate: number
  /** How many succeeded. */
  readonly count: number
  /** CPU time of the load generator meanwhile, in s. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
}

/** A load generator in a process of its own (autocannon): every connection sends as soon as it is answered. */
export type Cannon = Disposable & { readonly fire: (volley: Volley) => Promise<Shot> }

/** Starts it. */
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
