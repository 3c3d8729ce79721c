import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { childEnv } from './child-env.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The module that an Agora in a process of its own runs: its bundle, as with `npm start`, or `src/main.ts`. */
    agoraProgram: string
  }
}

const root = resolve(import.meta.dirname, '../..')
const [app, main] = [join(root, 'src/app.ts'), join(root, 'src/main.ts')]
const scripts = join(root, 'scripts')

/** Runs a module given as text. @returns its output */
const evaluated = async (text: string): Promise<string> => {
  const args = ['--input-type=module', '--eval', text]
  return (await promisify(execFile)(process.execPath, args, { env: childEnv })).stdout.trim()
}

/** What the launcher would import now: the bundle, if it is of the sources as they are. */
const chosenProgram = (): Promise<string> =>
  evaluated(`
    import { withBundle } from ${JSON.stringify(pathToFileURL(join(scripts, 'bundle.mjs')).href)}
    console.log(withBundle(${JSON.stringify(main)}))`)

/** Bundles Agora, unless there is a bundle of the sources as they are. @returns the module that the launcher imports */
export const bundledProgram = async (): Promise<string> => {
  if ((await chosenProgram()) === main) {
    const folder = join(root, 'node_modules/.cache/agora-bundle')
    const args = [join(scripts, 'make-bundle.mjs'), main, folder]
    // The sources are run then, as the launcher does; `bundle.test.ts` fails.
    await promisify(execFile)(process.execPath, args).catch(() => undefined)
  }
  return chosenProgram()
}

/**
 * Compiles Agora before journeys start it many times, and bundles it: a start from a bundle takes half of the CPU time.
 * Node writes its compile cache when a process ends by itself, and most of those processes are killed.
 */
export default async ({ provide }: TestProject): Promise<void> => {
  const compiled = evaluated(`await import(${JSON.stringify(app)})`)
  provide('agoraProgram', await bundledProgram())
  await compiled
}
