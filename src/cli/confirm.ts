import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'

type Terminal = { readonly isTTY?: boolean }

/**
 * Asks whoever sits at the terminal whether something is to be done that cannot be undone.
 * @returns whether they typed `yes`; true where nobody sits there, as in a script
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
  if (!stdin?.isTTY || !stderr.isTTY) return true
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return (await lines.question(`${question}\nType yes to go on: `, { signal })).trim() === 'yes'
  } finally {
    lines.close()
  }
}
