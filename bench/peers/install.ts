import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Timeout of an installation, in ms. */
const timeoutMs = 180_000

/**
 * Installs the peers into `bench/peers/node_modules`, which git ignores, unless they are installed already.
 * @returns undefined on success, or the reason why they cannot be installed
 */
export const installPeers = async (): Promise<string | undefined> => {
  const folder = import.meta.dirname
  try {
    await access(join(folder, 'node_modules/@event-driven-io/emmett-postgresql'))
    return undefined
  } catch {
    // Not installed yet.
  }
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      timeout: timeoutMs,
    })
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.trim().split('\n').slice(0, 3).join(' ').slice(0, 300)
  }
}
