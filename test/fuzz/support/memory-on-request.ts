/**
 * Preloaded into the process of a server: answers each message of the parent with the memory that is in use after a
 * collection of garbage. The process ends with the parent. Never to be imported: it unreferences the channel to the parent,
 * which keeps a worker of the tests alive.
 */
import { memoryOfThis } from './memory.ts'

process.on('message', () => process.send?.(memoryOfThis()))
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// A listener alone must not keep the process alive.
process.channel?.unref()
