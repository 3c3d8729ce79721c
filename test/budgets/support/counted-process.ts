/**
 * An Agora in a process of its own that counts the work of its event loop: started by `counted-agora.ts`, which sends it
 * messages over IPC. `argv[2]` is JSON: the PostgreSQL and the environment.
 */
import { createHook } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import v8 from 'node:v8'
import { pino } from 'pino'
import { startApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { bystanders } from './bystanders.ts'

/** Work of the event loop of a process in a period. */
export type LoopCounts = {
  readonly promises: number
  /** Timers that were set, `setTimeout` and `setInterval`. */
  readonly timers: number
  /** Turns of the loop. */
  readonly turns: number
  /** Duration of the period, in ms. */
  readonly took: number
}

/** Options of the process. */
export type CountedOptions = {
  readonly postgresUrl: string
  readonly env: Readonly<Record<string, string>>
  /** Number of further read models that read no event of a counted command. */
  readonly bystanders: number
  /** Number of further read models that read the events of `inventory`. */
  readonly companions: number
}

const options = JSON.parse(process.argv[2]!) as CountedOptions

let promises = 0
let timers = 0
const turnsNow = (): number => performance.nodeTiming.uvMetricsInfo.loopCount
let since = { turns: turnsNow(), at: performance.now() }

v8.promiseHooks.onInit(() => {
  promises += 1
})
createHook({
  init: (_, type) => {
    if (type === 'Timeout') timers += 1
  },
}).enable()

const app = await startApp(readConfig(options.env), {
  postgresUrl: options.postgresUrl,
  logger: pino({ level: 'warn' }, process.stderr),
  projections: bystanders(options),
})

process.on('message', (message) => {
  if (message === 'clear') {
    promises = 0
    timers = 0
    since = { turns: turnsNow(), at: performance.now() }
    process.send!('cleared')
  }
  if (message === 'read') {
    const counts: LoopCounts = {
      promises,
      timers,
      turns: turnsNow() - since.turns,
      took: performance.now() - since.at,
    }
    process.send!(counts)
  }
  if (message === 'stop') void app[Symbol.asyncDispose]().then(() => process.exit(0))
})
process.send!({ url: app.url })
