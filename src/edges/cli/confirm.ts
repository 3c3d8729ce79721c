import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { BadUsage } from './failure.ts'

type Terminal = { readonly isTTY?: boolean }

/**
 * Asks at the terminal for confirmation of an operation that cannot be undone.
 * @returns whether the answer was `yes`
 * @throws BadUsage when standard input or standard error is not a terminal, as in a script
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
      `${question}\nThere is no terminal to ask for confirmation, so nothing was done: add --yes to confirm.`,
    )
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return (
      (await lines.question(`${question}\nType yes to continue: `, { signal })).trim() === 'yes'
    )
  } finally {
    lines.close()
  }
}
