import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { LogName, Part } from '../parts.ts'
import type { Setting } from './bench.ts'
import type { Measure } from './measure.ts'

/**
 * Runs a part in a process of its own, so that none is slowed down by what another left in memory.
 * @param log of which log it is a part
 * @param signal ends it early
 * @param folder the bench whose part it is: default this one, or that of another version
 * @throws Error when it fails, or is ended early
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
      // Figures that could not be measured are NaN, which JSON cannot say.
      serialization: 'advanced',
    })
    child.once('error', reject)
    child.once('message', (measures) => resolve(measures as readonly Measure[]))
    child.once('exit', (code) => reject(new Error(`The part ${name} ended with ${code}`)))
    child.send(setting)
  })
