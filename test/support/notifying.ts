import { memoryPush, type MemoryPush } from '../../src/platform/external/push/memory.ts'
import { memorySms, type MemorySms } from '../../src/platform/external/sms/memory.ts'
import type { Mail } from '../../src/platform/external/mail/port.ts'
import { notifications } from '../../src/domains/notifications/index.ts'
import type { JobPorts } from '../../src/serving/job-ports.ts'
import { httpWorld, type HttpWorld } from './http.ts'
import { jobPorts } from './job-ports.ts'

/** A server whose notifications are delivered on request, to memory, by a clock that the test sets. */
export type NotifyingWorld = HttpWorld & {
  readonly push: MemoryPush
  readonly sms: MemorySms
  readonly mails: Mail[]
  readonly ports: JobPorts
  /** Sets the clock. @param at ISO 8601 */
  readonly setClock: (at: string) => void
  /** Runs the jobs of the context for all events that were not worked on yet, and for those that follow. */
  readonly deliver: () => Promise<void>
  /** Runs the chores of the context, and delivers what they release. */
  readonly runChores: () => Promise<void>
}

/** Sets up such a server. */
export const notifyingWorld = async (): Promise<NotifyingWorld> => {
  let now = Date.parse('2030-01-07T12:00:00.000Z')
  const world = await httpWorld({
    contexts: ['notifications', 'profiles'],
    clock: () => new Date(now),
  })
  const [push, sms] = [memoryPush(), memorySms()]
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const ports = jobPorts(world, {
    push,
    sms,
    mailer,
    clock: () => new Date(now),
    letters: { links: { make: () => '' }, site: () => 'https://shop.example' },
  })
  let position = 0n
  const deliver = async (): Promise<void> => {
    for (;;) {
      const { events, position: to } = await world.log.readAll({ after: position, limit: 100_000 })
      if (events.length === 0) return
      position = to
      for (const event of events)
        for (const { name, reads, dataOf, run } of notifications.jobs) {
          if (!reads.includes(event.type)) continue
          const data = dataOf(event)
          const commandId = `${name}-${event.eventId}`
          const origin = { commandId, actorId: name, correlationId: commandId }
          // The data are those that this job has made of the event, as they are queued.
          if (data !== undefined)
            await run(JSON.parse(JSON.stringify(data)) as never, origin, ports)
        }
      await world.readModels.fold()
    }
  }
  return {
    ...world,
    push,
    sms,
    mails,
    ports,
    setClock: (at) => {
      now = Date.parse(at)
    },
    deliver,
    runChores: async () => {
      await world.readModels.fold()
      for (const { run } of notifications.chores) await run(ports)
      await world.readModels.fold()
      await deliver()
    },
  }
}

/** A subscription of a browser. @param name differs for different browsers */
export const subscriptionOf = (name: string) => ({
  endpoint: `https://push.example/send/${name}`,
  keys: {
    p256dh:
      'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
})
