import {
  ThreadsPoolWorker,
  type PoolOptions,
  type PoolWorker,
  type VitestPluginContext,
  type WorkerRequest,
} from 'vitest/node'

/** Runs after which a thread is replaced: each leaves a listener in it. */
const runsOfThread = 100

const name = 'lasting-thread'

type Listener = (value: unknown) => void

/** The thread of the previous runs, with all modules imported. */
let lasting: { readonly thread: ThreadsPoolWorker; runs: number } | undefined

/** The worker of one run, in the thread of the previous run. */
const inLastingThread = (options: PoolOptions): PoolWorker => {
  const current = (lasting ??= { thread: new ThreadsPoolWorker(options), runs: 0 })
  const { thread } = current
  const listeners: (readonly [event: string, listener: Listener])[] = []
  return {
    name,
    on: (event, listener) => {
      listeners.push([event, listener])
      thread.on(event, listener)
    },
    off: (event, listener) => thread.off(event, listener),
    // Only the run is stopped.
    send: (message: WorkerRequest) => {
      if (message.type !== 'stop') return thread.send(message)
      const answer = { type: 'stopped', __vitest_worker_response__: true }
      for (const [event, listener] of listeners) if (event === 'message') listener(answer)
    },
    deserialize: (data) => thread.deserialize(data),
    start: async () => {
      current.runs++
      if (current.runs === 1) await thread.start()
    },
    stop: async () => {
      for (const [event, listener] of listeners) thread.off(event, listener)
      if (current.runs < runsOfThread) return
      lasting = undefined
      await thread.stop()
    },
  }
}

/** A new thread: a mutant that acts while modules are imported needs another import. */
const inNewThread = (options: PoolOptions): PoolWorker =>
  Object.assign(new ThreadsPoolWorker(options), { name })

/**
 * Plugin of Vitest: runs for mutants that act during tests share a thread, which saves the start of a thread and its
 * imports. Stryker's runner provides the kind of each run.
 */
export const lastingThread = {
  name,
  configureVitest: ({ vitest, project }: VitestPluginContext) => {
    const createPoolWorker = (options: PoolOptions) => {
      const { mode, mutantActivation } = project.getProvidedContext()
      const isMutant = mode === 'mutant'
      // Shorter with a mutant, which may prevent the condition.
      const poll = { interval: 20, timeout: isMutant ? 5_000 : 60_000 }
      Object.assign(project.config, { expect: { ...project.config.expect, poll } })
      return isMutant && mutantActivation === 'runtime'
        ? inLastingThread(options)
        : inNewThread(options)
    }
    Object.assign(project.config, { pool: name, poolRunner: { name, createPoolWorker } })
    vitest.onClose(() => lasting?.thread.stop())
  },
}
