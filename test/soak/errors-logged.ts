import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** Counts the errors (level 50 and above) in logs, by part and message. @param logs files of lines in JSON */
export const errorsLogged = async (
  logs: readonly string[],
): Promise<Readonly<Record<string, number>>> => {
  const counts = new Map<string, number>()
  for (const log of logs)
    for await (const text of createInterface({ input: createReadStream(log) })) {
      let line
      try {
        line = JSON.parse(text)
      } catch {
        // The last line of a process that was killed, or of a program that logs no JSON.
        continue
      }
      if (!(line.level >= 50)) continue
      const what = `${line.part ?? '-'}: ${line.msg} ${line.err?.message ?? ''}`.slice(0, 200)
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
  return Object.fromEntries([...counts].toSorted(([, one], [, other]) => other - one))
}
