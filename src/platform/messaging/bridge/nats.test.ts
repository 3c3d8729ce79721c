import { expect, test } from 'vitest'
import { natsWith } from '../../../../test/services/nats.ts'
import { startService } from '../../../../test/services/service.ts'
import { brokers } from '../../../../test/support/brokers.ts'
import { natsBridge } from './nats.ts'

test.skipIf(!brokers.nats.has).for([
  [['--user', 'agora', '--pass', 'p@ss/word'], 'agora:p%40ss%2Fword'],
  [['--auth', 'to:ken'], 'to%3Aken'],
] as const)(
  `credentials of NATS are those of the URL: %s${brokers.nats.needs}`,
  async ([flags, user]) => {
    await using service = await startService(natsWith(flags))
    const to = (url: string) => natsBridge(url, { stream: 'events', subjects: 'events' })
    const message = { id: '1', key: 'a', topic: 'b', names: [], body: Buffer.from('{}') }
    const stranger = to(service.url)
    await expect(stranger.publish([message])).rejects.toThrow('NATS did not confirm')
    const known = to(service.url.replace('//', `//${user}@`))
    await known.publish([message])
    await Promise.all([stranger.close(), known.close()])
  },
)
