import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Unavailable } from '../../unavailable.ts'
import { isMissing, partOf, writeWhole } from '../whole-file.ts'
import { checkedMessage } from './checked-message.ts'
import type { Sms } from './port.ts'

/**
 * Text messages as files, for machines without a gateway: `<time>-<id>.sms`. The first line names the user, so that a file
 * which a dying process has written in part has no number without its user. The folder is created with the first one,
 * readable by its owner only.
 * @param options.folder folder of the files
 * @param options.now the clock
 */
export const outboxSms = ({
  folder,
  now = () => new Date(),
}: {
  readonly folder: string
  readonly now?: () => Date
}): Sms => ({
  send: async (message) => {
    const { id, to, text, userId } = checkedMessage(message)
    const name = `${now().toISOString().replaceAll(':', '-')}-${partOf(id)}.sms`
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeWhole(folder, name, `User: ${userId}\nTo: ${to}\n\n${text}\n`)
    } catch (error) {
      throw new Unavailable(`The text message could not be written to ${folder}`, { cause: error })
    }
  },
  forget: async (userId) => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw new Unavailable(`The text messages in ${folder} could not be read`, { cause: error })
    })
    let removed = 0
    for (const name of names) {
      if (!name.endsWith('.sms') && !name.startsWith('.')) continue
      const text = await readFile(join(folder, name), 'utf8').catch(() => '')
      if (!text.startsWith(`User: ${userId}\n`)) continue
      await rm(join(folder, name), { force: true })
      removed += 1
    }
    return removed
  },
})
