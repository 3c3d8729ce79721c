import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { accepts } from './accepts.ts'
import type { Program } from './service.ts'

/** Whether the program is on this machine. */
export const hasNats = spawnSync('nats-server', ['--version']).status === 0

/**
 * NATS itself, with JetStream in files.
 * @param more further arguments
 */
export const natsWith = (more: readonly string[]): Program => ({
  name: 'nats',
  fetch: async () => {
    if (!hasNats) throw new Error('There is no nats-server on the PATH')
  },
  command: async (port, folder) => {
    const options = ['--addr', '127.0.0.1', '--port', String(port)]
    return ['nats-server', ...more, ...options, '--jetstream', '--store_dir', join(folder, 'data')]
  },
  isReady: accepts,
  urlOf: (port) => `nats://127.0.0.1:${port}`,
})

export const nats: Program = natsWith([])
