import { once } from 'node:events'
import { createServer } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { mailConformance } from './conformance.ts'
import { MailRefused } from './port.ts'
import { smtpMailer } from './smtp.ts'

const from = 'Agora <agora@example.org>'
const mail = { id: 'a', to: 'ada@example.org', subject: 'Hello', text: 'Hello' }

/** A mail server that stores the messages it receives; by default on a free port. */
const mailServer = async (options: SMTPServerOptions = {}, port = 0) => {
  const messages: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        messages.push(Buffer.concat(chunks).toString())
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  const at = typeof address === 'object' && address ? address.port : port
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { messages, port: at, url: `smtp://127.0.0.1:${at}`, close, [Symbol.asyncDispose]: close }
}

mailConformance('SMTP', async () => {
  const server = await mailServer()
  const servers = [server]
  const mailer = smtpMailer({ url: server.url, from, timeoutMs: 2_000 })
  return {
    mailer,
    arrived: async () => servers.flatMap(({ messages }) => messages),
    outage: async () => {
      await server.close()
      return { end: async () => void servers.push(await mailServer({}, server.port)) }
    },
    [Symbol.asyncDispose]: async () => {
      await mailer.close()
      await Promise.all(servers.map(({ close }) => close()))
    },
  }
})

/** Options of a mail server that rejects every recipient with a code. */
const answering = (responseCode: number): SMTPServerOptions => ({
  onRcptTo: (_address, _session, done) =>
    done(Object.assign(new Error('not this one'), { responseCode })),
})

test('a permanent rejection by the server is a refusal, a temporary one is an outage', async () => {
  await using never = await mailServer(answering(550))
  await using later = await mailServer(answering(451))
  const [refusing, busy] = [never, later].map(({ url }) => smtpMailer({ url, from }))
  await expect(refusing!.send(mail)).rejects.toThrow(MailRefused)
  await expect(busy!.send(mail)).rejects.toThrow(Unavailable)
  await Promise.all([refusing!.close(), busy!.close()])
})

test('a failed login is an outage, not a refusal of the mail', async () => {
  await using strict = await mailServer({
    authOptional: false,
    onAuth: (_auth, _session, done) => done(new Error('no')),
  })
  const url = strict.url.replace('//', '//user:wrong@')
  for (const mailer of [smtpMailer({ url: strict.url, from }), smtpMailer({ url, from })]) {
    await expect(mailer.send(mail)).rejects.toThrow(Unavailable)
    await mailer.close()
  }
})

test('a server that rejects connections is an outage', async () => {
  await using closed = await mailServer({
    onConnect: (_session, done) => done(Object.assign(new Error('no'), { responseCode: 554 })),
  })
  const mailer = smtpMailer({ url: closed.url, from })
  await expect(mailer.send(mail)).rejects.toThrow(Unavailable)
  await mailer.close()
})

test('after five mails without an answer the others fail at once; a server that answers about each mail is not away', async () => {
  await using server = await mailServer()
  await using busy = await mailServer(answering(451))
  await server.close()
  const changes: boolean[] = []
  const mailer = smtpMailer({ url: server.url, from, onChange: (isUp) => changes.push(isUp) })
  const refused = smtpMailer({ url: busy.url, from })
  for (let nth = 0; nth < 7; nth++) {
    await expect(mailer.send(mail)).rejects.toThrow(Unavailable)
    await expect(refused.send(mail)).rejects.toThrow(Unavailable)
  }
  expect(changes).toEqual([false])
  expect(mailer.client.status()).toMatchObject({ state: 'open', failed: 5 })
  expect(refused.client.status()).toEqual({ state: 'closed', failed: 0, rejected: 0 })
  await Promise.all([mailer.close(), refused.close()])
})

test('a server that never answers times out', async () => {
  const mute = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const address = mute.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const mailer = smtpMailer({ url: `smtp://127.0.0.1:${port}`, from, timeoutMs: 200 })
  await expect(mailer.send(mail)).rejects.toThrow(Unavailable)
  await mailer.close()
  mute.close()
})
