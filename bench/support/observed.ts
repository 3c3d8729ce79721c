/**
 * Preloaded into a process before its own program: lets the bench that started the process request its usage and CPU
 * profiles. The process ends with the bench.
 */
import { writeFile } from 'node:fs/promises'
import { startProfile } from './profile.ts'
import { usageOfThis, type Usage } from './usage.ts'

/** A request of the bench. */
export type Question =
  | { readonly ask: 'usage' }
  | { readonly ask: 'profile' }
  | { readonly ask: 'profiled'; readonly file: string }

let stop: Awaited<ReturnType<typeof startProfile>> | undefined

const answer = async (question: Question): Promise<Usage> => {
  if (question.ask === 'profile') stop = await startProfile()
  if (question.ask === 'profiled' && stop)
    await writeFile(question.file, JSON.stringify(await stop()))
  return usageOfThis()
}

if (process.send) {
  process.on('message', (question: Question) => {
    void answer(question).then((usage) => process.send?.(usage))
  })
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // A listener alone must not keep the process alive.
  process.channel?.unref()
}
