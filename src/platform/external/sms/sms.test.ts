import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { verifyWebhook, webhookHeader } from '../../security/webhook-signature.ts'
import { Unavailable } from '../../unavailable.ts'
import { smsConformance } from './conformance.ts'
import { gatewaySms } from './gateway.ts'
import { memorySms } from './memory.ts'
import { outboxSms } from './outbox.ts'
import { SmsRefused } from './port.ts'

const message = { id: 'a', to: '+4915112345678', text: 'Hello', userId: 'ada' }
const now = new Date('2030-01-07T08:00:00.000Z')
const clock = () => now

smsConformance('memory', async () => {
  const sms = memorySms()
  return {
    sms,
    arrived: async () => sms.taken.map(({ to, text }) => ({ to, text })),
    [Symbol.asyncDispose]: async () => undefined,
  }
})

const temporaryFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'agora-sms-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

smsConformance('outbox', async () => {
  const temporary = await temporaryFolder()
  const folder = join(temporary.path, 'deep', 'outbox')
  return {
    sms: outboxSms({ folder }),
    arrived: async () => {
      const names = await readdir(folder).catch((): string[] => [])
      const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
      return texts.map((one) => {
        const [head = '', ...rest] = one.split('\n\n')
        return { to: head.split('\nTo: ', 2)[1] ?? '', text: rest.join('\n\n').replace(/\n$/, '') }
      })
    },
    outage: async () => {
      const blocker = join(temporary.path, 'deep')
      await writeFile(blocker, '')
      return { end: () => rename(blocker, join(temporary.path, 'elsewhere')) }
    },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  }
})

/** A gateway of Twilio's shape that checks credentials and signatures. */
const gateway = async () => {
  const taken: { to: string; text: string; from: string; id: string }[] = []
  const state = { status: 201, isMute: false }
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request)
      if (state.isMute) return
      const signature = String(request.headers[webhookHeader])
      const isOurs =
        request.headers.authorization === `Basic ${btoa('AC1:a secret/of 16 chars')}` &&
        'signedAt' in verifyWebhook('a secret/of 16 chars', signature, body, now)
      const form = new URLSearchParams(body.toString())
      const [to, from, text] = ['To', 'From', 'Body'].map((name) => form.get(name) ?? '')
      const status = isOurs ? state.status : 401
      if (status === 201)
        taken.push({
          to: to!,
          from: from!,
          text: text!,
          id: String(request.headers['idempotency-key']),
        })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"sid":"SM1"}')
    })()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const url = `http://AC1:a%20secret%2Fof%2016%20chars@127.0.0.1:${port}/Messages.json`
  return {
    url,
    taken,
    state,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

smsConformance('gateway', async () => {
  const server = await gateway()
  return {
    sms: gatewaySms({ url: server.url, from: '+15550001111', clock }),
    arrived: async () => server.taken.map(({ to, text }) => ({ to, text })),
    outage: async () => {
      server.state.status = 503
      return { end: async () => void (server.state.status = 201) }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
})

test('a gateway is told the sender and the id, and its answers are told apart', async () => {
  await using server = await gateway()
  const sms = gatewaySms({ url: server.url, from: '+15550001111', clock, timeoutMs: 10_000 })
  await sms.send(message)
  expect(server.taken).toEqual([{ to: message.to, text: 'Hello', from: '+15550001111', id: 'a' }])
  for (const [status, kind] of [
    [400, SmsRefused],
    [404, SmsRefused],
    [401, Unavailable],
    [429, Unavailable],
  ] as const) {
    server.state.status = status
    await expect(sms.send(message)).rejects.toThrow(kind)
  }
  const stranger = gatewaySms({ url: server.url.replace('AC1', 'AC2'), from: 'x', clock })
  await expect(stranger.send(message)).rejects.toThrow(Unavailable)
})

test('a gateway that never answers is given up in time', async () => {
  await using server = await gateway()
  server.state.isMute = true
  const sms = gatewaySms({ url: server.url, from: 'x', clock, timeoutMs: 100 })
  await expect(sms.send(message)).rejects.toThrow(Unavailable)
})

test('erasing a user removes the messages to all their numbers, and keeps those of others', async () => {
  await using temporary = await temporaryFolder()
  const sms = outboxSms({ folder: temporary.path, now: clock })
  expect(await sms.forget('ada')).toBe(0)
  await sms.send(message)
  await sms.send({ ...message, id: 'b', userId: 'bob' })
  await sms.send({ ...message, id: 'c', to: '+4915112345679' })
  expect((await stat(join(temporary.path, '2030-01-07T08-00-00.000Z-a.sms'))).mode & 0o777).toBe(
    0o600,
  )
  expect(await sms.forget('ada')).toBe(2)
  expect(await readdir(temporary.path)).toEqual(['2030-01-07T08-00-00.000Z-b.sms'])
})
