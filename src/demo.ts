import { onStopSignals } from './app/stop-signals.ts'
import { Failed } from './edges/cli/failure.ts'
import { openStage } from './demo/agora.ts'
import { playGig } from './demo/gig-plot.ts'
import { tellGig } from './demo/gig-telling.ts'
import { complaintOf, play, plots } from './demo/plot.ts'
import { openShop } from './demo/shop.ts'
import { priced, tell } from './demo/telling.ts'
import { messageOf } from '#kernel/error-message'

/** Number of lamps at the start. */
const lamps = 5

const interrupted = new AbortController()
onStopSignals(
  () => interrupted.abort(new Failed('Interrupted.')),
  () => process.exit(130),
)

const out = (line = ''): void => void process.stdout.write(`${line}\n`)

/** Plays the scenarios. @returns whether all ended as expected */
const run = async (): Promise<boolean> => {
  const started = performance.now()
  await using stage = await openStage(process.env, interrupted.signal)
  const took = `${((performance.now() - started) / 1_000).toFixed(1)} s`
  const { admin, own } = stage
  out(`Agora at ${admin.url}${own ? `, started for this demo in ${took}` : ''}.`)
  await using shop = await openShop(admin, lamps)
  const { lamp, chair } = shop
  out(
    `On sale: ${lamp.name} (${priced(lamp.price)}, ${lamps} pieces), ${chair.name} (${priced(chair.price)}, none). Ada has signed in and listens to /orders and /notifications.`,
  )
  let good = 0
  for (const [at, plot] of plots.entries()) {
    const story = await play(plot, admin, shop, interrupted.signal)
    out()
    tell(story, at + 1).forEach(out)
    if (complaintOf(story) === undefined) good += 1
  }
  // It ends as expected, or reports what did not happen.
  const ofGig = await playGig(admin, shop, interrupted.signal)
  out()
  tellGig(ofGig, plots.length + 1).forEach(out)
  good += 1
  const all = plots.length + 1
  out()
  out(
    good === all
      ? `All ${good} orders ended as expected.`
      : `Only ${good} of ${all} orders ended as expected.`,
  )
  return good === all
}

try {
  process.exitCode = (await run()) ? 0 : 1
} catch (error) {
  if (!(error instanceof Failed || interrupted.signal.aborted)) throw error
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
