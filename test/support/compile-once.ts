import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { childEnv } from './child-env.ts'

const app = join(import.meta.dirname, '../../src/app.ts')

/**
 * Has Node compile the code of Agora before journeys start it many times. Node writes its compile cache when a process
 * ends by itself, and most of those processes are killed.
 */
export default async (): Promise<void> => {
  await promisify(execFile)(process.execPath, ['-e', `import(${JSON.stringify(app)})`], {
    env: childEnv,
  })
}
