import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { BadUsage } from './failure.ts'

type Terminal = { readonly isTTY?: boolean }

/**
 * Asks the person at the terminal whether something is to be done that cannot be undone.
 * @returns whether they typed `yes`
 * @throws BadUsage when standard input or standard error is no terminal, as in a script: nobody can answer there
 */
export const confirm = async (
  question: string,
  {
    stdin,
    stderr,
    signal,
  }: {
    readonly stdin: (Readable & Terminal) | undefined
    readonly stderr: Writable & Terminal
    readonly signal: AbortSignal
  },
): Promise<boolean> => {
  if (!stdin?.isTTY || !stderr.isTTY)
    throw new BadUsage(
      `${question}\nThere is no terminal to ask on, so nothing was done: add --yes if it is meant.`,
    )
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return (await lines.question(`${question}\nType yes to go on: `, { signal })).trim() === 'yes'
  } finally {
    lines.close()
  }
}
