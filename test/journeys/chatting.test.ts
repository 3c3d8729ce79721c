import { expect, test } from 'vitest'
import { startAgora, temporaryData } from '../support/agora.ts'
import { chatClient, expectWhole } from '../support/chat-clients.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

test('20 clients chat on over another process after kill -9: no message is lost, doubled or out of order', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const env = { POSTGRES_URL: database.url }
  await using doomed = await startAgora(data.path, env)
  await using other = await startAgora(data.path, env)
  // Closed before the processes, which clients would look for otherwise.
  await using stack = new AsyncDisposableStack()

  const talk = async () => {
    const [ann, ben] = [await other.shop.register(), await other.shop.register()]
    const started = await ann.call('POST', '/chat/conversations', { participantId: ben.id })
    expect(started.status).toBe(201)
    const { id } = started.body.data
    const clients = await Promise.all(
      [ann, ben].map(({ token }) => chatClient(token, id, [doomed.url, other.url])),
    )
    for (const { close } of clients) stack.defer(close)
    return clients
  }
  const talks = await Promise.all(Array.from({ length: 10 }, talk))
  const talking = talks.flat().map((client) => client.talk(20))
  await until(
    () => talks.every(([one]) => one!.heard.length > 5),
    (isTalking) => isTalking,
  )
  await doomed.kill()
  await Promise.all(talking)
  for (const [one, another] of talks) await expectWhole(one!, another!)
})
