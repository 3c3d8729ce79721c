/**
 * A program for tests of the launcher: prints its arguments, then each signal that it receives. With `stop` as its first
 * argument it ends with 7 on SIGTERM, with `end` at once; otherwise it lives until it is killed.
 */
import { getCompileCacheDir } from 'node:module'

const [manner = 'stay', ...rest] = process.argv.slice(2)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    console.log(JSON.stringify({ signal }))
    if (manner === 'stop' && signal === 'SIGTERM') process.exit(7)
  })
// Printed once the handlers are registered.
console.log(
  JSON.stringify({
    pid: process.pid,
    file: process.argv[1],
    rest,
    compileCache: getCompileCacheDir(),
  }),
)
if (manner === 'end') process.exit(7)
setInterval(() => undefined, 1_000)
