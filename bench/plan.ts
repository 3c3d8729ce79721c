/** `npm run plan`: prints what a load needs in processes, cores and bytes, by the measured costs (docs/scaling.md). */
import { parseArgs } from 'node:util'
import { planTable, shownPlans, today } from './support/plan.ts'

const { values } = parseArgs({
  options: {
    orders: { type: 'string' },
    peak: { type: 'string' },
    reads: { type: 'string' },
    commands: { type: 'string' },
  },
})
const given = (text: string | undefined, usual: number): number => {
  const number = text === undefined ? usual : Number(text)
  if (!Number.isFinite(number) || number < 0) throw new Error(`${text} is no number`)
  return number
}
const load = {
  ...today,
  ordersPerDay: given(values.orders, today.ordersPerDay),
  peak: given(values.peak, today.peak),
  reads: given(values.reads, today.reads),
  commands: given(values.commands, today.commands),
}
console.log(planTable(shownPlans(load)))
