import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { hasAddress } from '../../security/erasure/matches-person.ts'
import { Unavailable } from '../../unavailable.ts'
import { isMissing, partOf, writeWhole } from '../whole-file.ts'
import { messageOf } from './message.ts'
import { plainMessage } from './plain-message.ts'
import type { Mailer } from './port.ts'

const fileName = (id: string, now: Date): string =>
  `${now.toISOString().replaceAll(':', '-')}-${partOf(id)}.eml`

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
