import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { LogName, Part } from '../parts.ts'
import type { Setting } from './bench.ts'
import type { Measure } from './measure.ts'

/**
 * Measures a part in a process of its own, so that no part is affected by the memory of another.
 * @param log the log of the part
 * @param signal ends the process early
 * @param folder the bench of the part: this one by default, or that of another version
 * @throws Error when the part fails or is ended early
 */
export const runPart = (
  { name }: Pick<Part, 'name'>,
  log: LogName,
  setting: Setting,
  signal: AbortSignal,
  folder = join(import.meta.dirname, '..'),
): Promise<readonly Measure[]> =>
  new Promise((resolve, reject) => {
    const child = fork(join(folder, 'support/part-process.ts'), [log, name], {
      signal,
      execArgv: [],
      // JSON has no NaN, which figures that could not be measured are.
      serialization: 'advanced',
    })
    child.once('error', reject)
    child.once('message', (measures) => resolve(measures as readonly Measure[]))
    child.once('exit', (code) => reject(new Error(`The part ${name} ended with ${code}`)))
    child.send(setting)
  })
