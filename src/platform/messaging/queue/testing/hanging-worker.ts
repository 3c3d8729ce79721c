import { openDatabase } from '../../../engines/postgres/database.ts'
import { bullmqQueue } from '../bullmq.ts'
import { postgresQueue } from '../postgres.ts'
import type { HangingWork } from './hanging-process.ts'

// Program of a process that takes one job and hangs until it is killed.
const { adapter, url, queue, lease } = JSON.parse(process.argv[2] ?? '') as HangingWork
const jobs =
  adapter === 'postgres'
    ? postgresQueue(openDatabase(url, { connections: 2 }), { lease })
    : await bullmqQueue(url, { lease })
await jobs.work(
  queue,
  async () => {
    process.send?.('taken')
    await new Promise(() => undefined)
  },
  { concurrency: 1 },
)
