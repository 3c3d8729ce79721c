import { execFile } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '../..')
const built = join(root, 'web/dist/pages.json')

const isCurrent = (): boolean =>
  existsSync(built) &&
  globSync('web/{src,build,public}/**/*.*', { cwd: root })
    .concat('web/index.html', 'web/vite.config.ts')
    .every((file) => statSync(join(root, file)).mtimeMs <= statSync(built).mtimeMs)

/** Builds the front end before tests open it, unless it is of the present sources, as after `npm ci`. */
export default async (): Promise<void> => {
  if (isCurrent()) return
  await promisify(execFile)(process.execPath, [join(root, 'scripts/build-web.mjs')])
}
