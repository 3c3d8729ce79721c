import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { mailConformance } from './conformance.ts'
import { outboxMailer } from './outbox.ts'

const from = 'Agora <agora@example.org>'
const mail = { id: 'a', to: 'ada@example.org', subject: 'Hello', text: 'Hello' }

const temporaryFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'agora-outbox-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

mailConformance('outbox', async () => {
  const temporary = await temporaryFolder()
  const folder = join(temporary.path, 'deep', 'outbox')
  const mailer = outboxMailer({ folder, from })
  return {
    mailer,
    arrived: async () => {
      const names = await readdir(folder).catch((): string[] => [])
      const whole = names.filter((name) => name.endsWith('.eml'))
      return Promise.all(whole.map((name) => readFile(join(folder, name), 'utf8')))
    },
    outage: async () => {
      // A file in place of the folder: unlike permissions, that stops root as well.
      const blocker = join(temporary.path, 'deep')
      await writeFile(blocker, '')
      return { end: () => rename(blocker, join(temporary.path, 'elsewhere')) }
    },
    [Symbol.asyncDispose]: async () => {
      await mailer.close()
      await temporary[Symbol.asyncDispose]()
    },
  }
})

test('a file is named after the time and the id of the mail, whatever characters the id has', async () => {
  await using temporary = await temporaryFolder()
  const now = () => new Date('2030-01-02T03:04:05.678Z')
  const mailer = outboxMailer({ folder: temporary.path, from, now })
  for (const id of ['order-1', '../../etc/passwd', 'x'.repeat(1_000), 'y'.repeat(1_000)])
    await mailer.send({ ...mail, id })
  const names = (await readdir(temporary.path)).toSorted()
  expect(names).toHaveLength(4)
  expect(names).toContain('2030-01-02T03-04-05.678Z-order-1.eml')
  expect(names).toContain('2030-01-02T03-04-05.678Z-..%2F..%2Fetc%2Fpasswd.eml')
  expect(names.every((name) => /^2030-01-02T03-04-05\.678Z-.*\.eml$/.test(name))).toBe(true)
})

test('concurrent runs of one mail write to different temporary files', async () => {
  await using temporary = await temporaryFolder()
  const now = () => new Date('2030-01-02T03:04:05.678Z')
  const mailer = outboxMailer({ folder: temporary.path, from, now })
  await Promise.all(Array.from({ length: 20 }, () => mailer.send(mail)))
  expect(await readdir(temporary.path)).toEqual(['2030-01-02T03-04-05.678Z-a.eml'])
})

test('a partially written file of a dead process is erased as well', async () => {
  await using temporary = await temporaryFolder()
  await writeFile(join(temporary.path, '.half.part'), `To: ${mail.to}\n`)
  expect(await outboxMailer({ folder: temporary.path, from }).forget?.([mail.to])).toBe(1)
  expect(await readdir(temporary.path)).toEqual([])
})

test('a mail that does not fit on the disk fails, and leaves no partial file', async () => {
  await using temporary = await temporaryFolder()
  // A block of `ulimit -f` is 512 or 1,024 bytes: the first write is cut to that, the next one fails.
  const script = `
    import { outboxMailer } from ${JSON.stringify(new URL('outbox.ts', import.meta.url).href)}
    const mailer = outboxMailer({ folder: process.argv[1], from: ${JSON.stringify(from)} })
    await mailer.send({ ...${JSON.stringify(mail)}, text: 'x'.repeat(3_000) })
      .then(() => console.log('sent'), ({ name, cause }) => console.log(name, cause.code))
  `
  const { stdout } = await promisify(execFile)('/bin/sh', [
    '-c',
    'ulimit -f 1; exec "$0" --input-type=module --eval "$1" "$2"',
    process.execPath,
    script,
    temporary.path,
  ])
  expect(stdout).toBe('Unavailable EFBIG\n')
  expect(await readdir(temporary.path)).toEqual([])
})

test('a removed folder is created again', async () => {
  await using temporary = await temporaryFolder()
  const folder = join(temporary.path, 'outbox')
  const mailer = outboxMailer({ folder, from })
  await mailer.send(mail)
  await rm(folder, { recursive: true })
  await mailer.send(mail)
  expect(await readdir(folder)).toHaveLength(1)
})

test('the outbox is readable by its owner only', async () => {
  await using temporary = await temporaryFolder()
  const folder = join(temporary.path, 'outbox')
  await outboxMailer({ folder, from }).send(mail)
  const [name = ''] = await readdir(folder)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
})

test('erasing an address removes the mails to it, and keeps others', async () => {
  await using temporary = await temporaryFolder()
  const mailer = outboxMailer({ folder: temporary.path, from })
  expect(await mailer.forget?.(['ada@example.org'])).toBe(0)
  await mailer.send({ ...mail, id: 'first' })
  await mailer.send({ ...mail, id: 'second' })
  await mailer.send({ ...mail, id: 'other', to: 'eve@example.org' })
  expect(await mailer.forget?.(['ADA@example.org'])).toBe(2)
  const names = await readdir(temporary.path)
  expect(names).toHaveLength(1)
  expect(names[0]).toContain('other')
})
