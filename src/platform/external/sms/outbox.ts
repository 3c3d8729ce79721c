import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Unavailable } from '../../unavailable.ts'
import { isMissing, partOf, writeWhole } from '../whole-file.ts'
import { checkedMessage } from './checked-message.ts'
import type { Sms } from './port.ts'

/**
 * Text messages as files, for machines without a gateway: `<time>-<id>.sms`, the number in the first line. The folder is
 * created with the first one, readable by its owner only.
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
    const { id, to, text } = checkedMessage(message)
    const name = `${now().toISOString().replaceAll(':', '-')}-${partOf(id)}.sms`
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeWhole(folder, name, `To: ${to}\n\n${text}\n`)
    } catch (error) {
      throw new Unavailable(`The text message could not be written to ${folder}`, { cause: error })
    }
  },
  forget: async (numbers) => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw new Unavailable(`The text messages in ${folder} could not be read`, { cause: error })
    })
    let removed = 0
    for (const name of names) {
      if (!name.endsWith('.sms') && !name.startsWith('.')) continue
      const text = await readFile(join(folder, name), 'utf8').catch(() => '')
      if (!numbers.some((number) => text.startsWith(`To: ${number}\n`))) continue
      await rm(join(folder, name), { force: true })
      removed += 1
    }
    return removed
  },
})
