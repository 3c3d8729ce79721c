import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { hasAddress } from '../../security/erasure/matches-person.ts'
import { Unavailable } from '../../unavailable.ts'
import { messageOf } from './message.ts'
import { plainMessage } from './plain-message.ts'
import type { Mailer } from './port.ts'

/** The mail's id as part of a file name, unique for each id. */
const partOf = (id: string): string => {
  const safe = encodeURIComponent(id.toWellFormed()).replaceAll('*', '%2A')
  return safe.length <= 150 ? safe : createHash('sha256').update(id).digest('hex')
}

const fileName = (id: string, now: Date): string =>
  `${now.toISOString().replaceAll(':', '-')}-${partOf(id)}.eml`

/** Whether an error says that a file or folder does not exist. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/**
 * Writes a file atomically and durably. Our own instead of `write-file-atomic`: its version 8 takes a short write for a
 * complete one (8,192 of 20,000 bytes, on a full disk), and erasure would not recognise its partially written files by name.
 */
const writeWhole = async (
  folder: string,
  name: string,
  content: string | Buffer,
): Promise<void> => {
  // Two runs may write the same mail at once: one that hangs, and the one that took its job over.
  const temporary = join(folder, `.${randomUUID()}.part`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(folder, name))
  } catch (error) {
    if (!isMissing(error)) await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Mailer for machines without a mail server: it writes each mail to a file that mail programs open. The folder is created
 * with the first mail, readable by its owner only.
 * @param options.folder folder of the files `<time>-<id>.eml`
 * @param options.from sender of all mails
 * @param options.now the clock
 */
export const outboxMailer = ({
  folder,
  from,
  now = () => new Date(),
}: {
  readonly folder: string
  readonly from: string
  readonly now?: () => Date
}): Mailer => {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' })

  const composed = async (message: ReturnType<typeof messageOf>): Promise<Buffer> => {
    const made = await composer.sendMail(message)
    if (!Buffer.isBuffer(made.message)) throw new TypeError('nodemailer returned no buffer')
    return made.message
  }

  return {
    send: async (mail) => {
      const message = messageOf(from, mail)
      const at = now()
      const content = plainMessage(message, at) ?? (await composed(message))
      const name = fileName(mail.id, at)
      try {
        await writeWhole(folder, name, content).catch(async (error: unknown) => {
          if (!isMissing(error)) throw error
          await mkdir(folder, { recursive: true, mode: 0o700 })
          await writeWhole(folder, name, content)
        })
      } catch (error) {
        throw new Unavailable(`The mail could not be written to ${folder}`, { cause: error })
      }
    },
    forget: async (addresses) => {
      const wanted = addresses.map(hasAddress)
      const names = await readdir(folder).catch((error: unknown) => {
        if (isMissing(error)) return []
        throw new Unavailable(`The mails in ${folder} could not be read`, { cause: error })
      })
      let removed = 0
      for (const name of names) {
        // Dot files are partially written mails of dead processes; they are searched too.
        if (!name.endsWith('.eml') && !name.startsWith('.')) continue
        const text = await readFile(join(folder, name), 'utf8').catch(() => '')
        if (!wanted.some((isIn) => isIn(text))) continue
        await rm(join(folder, name), { force: true })
        removed += 1
      }
      return removed
    },
    close: async () => composer.close(),
  }
}
