import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { asId } from '#kernel'
import { newId } from '#kernel/testing'
import { account } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { accountLinks } from '../../../platform/security/account-links.ts'
import { MailRefused, type Mail } from '../../../platform/external/mail/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { sayGoodbye, sendGoodbye } from './goodbye.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await identityWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const letters = { links: accountLinks(Buffer.alloc(32, 7)), site: () => 'https://shop.example' }

/** Pauses before each attempt but the first, in ms. */
const pauses = [0, 0]

/** A mail server that fails so often, and what it was handed. */
const serverOf = (...failures: readonly Error[]) => {
  const sent: Mail[] = []
  const left = [...failures]
  let tries = 0
  const send = async (mail: Mail) => {
    tries += 1
    const failure = left.shift()
    if (failure) throw failure
    sent.push(mail)
  }
  const ports = jobPorts(world, { mailer: { send }, letters })
  return {
    ports,
    goodbye: (userId: UserId) => sendGoodbye(userId, ports, pauses),
    sent,
    tries: () => tries,
  }
}

const away = () => new Unavailable('The mail server is away')

test('a user who has left gets a last mail, with the same id when it is sent again', async () => {
  const ada = await world.someone('ada')
  const { goodbye, sent } = serverOf(away(), away())
  await goodbye(asId(UserId, ada.id))
  await goodbye(asId(UserId, ada.id))
  expect(sent).toMatchObject([{ to: 'ada@example.org', subject: 'Your account is closed' }, {}])
  expect(sent[0]).toEqual(sent[1])
})

test('a mail that cannot be sent does not block the erasure', async () => {
  const bob = asId(UserId, (await world.someone('bob')).id)
  const gone = serverOf(away(), away(), away(), away())
  await gone.goodbye(bob)
  expect([gone.sent.length, gone.tries()]).toEqual([0, 3])
  const refusing = serverOf(new MailRefused('No such mailbox'))
  await refusing.goodbye(bob)
  expect([refusing.sent.length, refusing.tries()]).toEqual([0, 1])
})

test('unknown and erased users get no mail', async () => {
  const { goodbye, tries } = serverOf()
  await goodbye(newId(UserId))
  const userId = newId(UserId)
  const commandId = randomUUID()
  const person = { email: 'forgotten@agora.invalid', username: 'forgotten', roles: [] }
  const command = { type: 'RegisterAccount' as const, data: { userId, ...person } }
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  await world.deps.executor.execute(account, userId, command, origin)
  await goodbye(userId)
  expect(tries()).toBe(0)
})

test('the last mail is recorded, sent or given up', async () => {
  const { executor } = world.deps
  for (const failures of [[], [away(), away(), away()]]) {
    const { id } = await world.someone(`goer-${failures.length}`)
    const userId = asId(UserId, id)
    const commandId = randomUUID()
    const origin = { commandId, actorId: 'test', correlationId: commandId }
    const close = { type: 'CloseAccount' as const, data: { reason: 'deleted' } }
    await executor.execute(account, userId, close, origin)
    const { ports, sent } = serverOf(...failures)
    await sayGoodbye(pauses).run({ userId }, { ...origin, commandId: randomUUID() }, ports)
    expect(sent).toHaveLength(failures.length === 0 ? 1 : 0)
    expect((await executor.stateOf(account, userId)).state).toMatchObject({ told: true })
  }
})
