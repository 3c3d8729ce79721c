import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Arguments of a process that takes a job of a queue and hangs. */
export type HangingWork = {
  readonly adapter: 'postgres' | 'bullmq'
  readonly url: string
  readonly queue: string
  /** ms */
  readonly lease: number
}

/**
 * Starts a process that takes a job and hangs.
 * @returns resolves when the process has the job; `kill` ends it with SIGKILL, as a crash does
 */
export const hangingProcess = async (
  work: HangingWork,
): Promise<{ readonly kill: () => Promise<void> }> => {
  const child = fork(join(import.meta.dirname, 'hanging-worker.ts'), [JSON.stringify(work)], {
    execArgv: [],
  })
  const exited = once(child, 'exit')
  const took = await Promise.race([
    once(child, 'message').then(() => true),
    exited.then(() => false),
  ])
  if (!took) throw new Error('The process ended before it had taken a job')
  return {
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
