import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { deciders } from '../../src/domains/index.ts'
import { sagas } from '../../src/sagas/index.ts'
import type { PolicyReport } from '../../src/runtime/what-if/report.ts'
import { contentsOf } from '../support/contents.ts'
import { temporaryData } from '../support/agora.ts'
import { typedTogether, type Outcome } from '../support/cli.ts'
import { root, shopAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'

const everything = new AsyncDisposableStack()

let folder: string
let lamp: string
/** The orders by their pieces. */
let orders: Readonly<Record<number, string>>
/** What the commands have printed, by their name below. */
let outcomes: Readonly<Record<keyof typeof commands, Outcome>>
/** All tables before and after. */
let tables: { readonly before: unknown; readonly after: unknown }

/** Rules that an analyst tries, by the name of their file. */
const rules = {
  'stock.ts': `
    import { refuse } from 'agora/kernel'
    import { stock } from 'agora/domains/inventory'
    export const changed = { ...stock, decide: (state, command, context) =>
      command.type === 'ReserveStock' && command.data.quantity > 3
        ? refuse('OutOfStock') : stock.decide(state, command, context) }`,
  'backorders.ts': `
    import { stock } from 'agora/domains/inventory'
    export default { ...stock, decide: (state, command, context) =>
      stock.decide(command.type === 'ReserveStock' ? { ...state, quantity: 1_000 } : state, command, context) }`,
  'silent.ts': `
    import { minutes } from 'agora/kernel'
    import { fulfilment } from 'agora/sagas/fulfilment'
    const usual = fulfilment({ orderTimeout: minutes(15) })
    const silent = (move) => ({ ...move, steps: move.steps.filter(({ to }) => to !== 'notification') })
    export default { ...usual, react: (state, event) => silent(usual.react(state, event)) }`,
  'installed.ts': `export { order } from 'agora/domains/ordering'`,
  'unknown.ts': `
    import { order } from 'agora/domains/ordering'
    export default { ...order, name: 'ordre' }`,
  'none.ts': `export const most = 3`,
  'failing.ts': `
    import { order } from 'agora/domains/ordering'
    export default { ...order, decide: (state, command) => {
      return command.data.items.reduce((sum) => sum, 0)
    } }`,
}

const source = pathToFileURL(join(import.meta.dirname, '../../src')).href

/** All deciders and sagas as they are. */
const copies = [
  `import { deciders } from '${source}/domains/index.ts'`,
  `import { sagas } from '${source}/sagas/index.ts'`,
  `const all = [...deciders, ...sagas({ orderTimeout: 900_000 })]`,
  ...[...deciders, ...sagas({ orderTimeout: 900_000 })].map(
    (_, index) => `export const rule${index} = { ...all[${index}] }`,
  ),
].join('\n')

const tried = (file: string, ...args: readonly string[]) =>
  ['what-if', '--rules', file, ...args] as const

const commands = {
  few: tried('few.ts', '--json', 'few.json', '--page', 'few.html'),
  fewAgain: tried('few.ts', '--json', 'few.json'),
  fewOrders: tried('few.ts', '--json', '--category', 'order'),
  stock: tried('stock.ts', '--json'),
  backorders: tried('backorders.ts', '--json'),
  silent: tried('silent.ts', '--json'),
  copies: tried('copies.ts', '--json'),
  installed: tried('installed.ts'),
  unknown: tried('unknown.ts'),
  none: tried('none.ts'),
  failing: tried('failing.ts'),
  gone: tried('gone.ts'),
  both: ['what-if', '--rules', 'few.ts', '--projection', 'few.ts'],
  neither: ['what-if'],
  category: tried('few.ts', '--category', 'ordre'),
} as const

beforeAll(async () => {
  const database = everything.use(await startedDatabase())
  folder = everything.use(await temporaryData()).path
  const data = join(folder, 'data')
  const config = readConfig({
    PORT: '0',
    RATE_LIMIT: 'off',
    AGORA_DATA: data,
    ADMIN_EMAIL: root.email,
    ADMIN_PASSWORD: root.password,
  })
  const app = await startApp(config, {
    postgresUrl: database.url,
    logger: pino({ level: 'silent' }),
  })
  const shop = shopAt(app.url)
  const buyer = await shop.register()
  lamp = await shop.sell(10, 250)
  const bought: Record<number, string> = {}
  for (const pieces of [1, 2, 4, 50]) {
    bought[pieces] = await buyer.buy({ [lamp]: pieces })
    await buyer.settled(bought[pieces])
  }
  orders = bought
  // No other client changes anything meanwhile.
  await app[Symbol.asyncDispose]()
  const example = join(import.meta.dirname, '../../docs/what-if-rules-example.ts')
  await copyFile(example, join(folder, 'few.ts'))
  for (const [name, text] of Object.entries({ ...rules, 'copies.ts': copies }))
    await writeFile(join(folder, name), text)

  const before = await contentsOf(database.database)
  const env = { POSTGRES_URL: database.url, AGORA_DATA: data }
  const found = await typedTogether(Object.values(commands), env, folder)
  tables = { before, after: await contentsOf(database.database) }
  outcomes = Object.fromEntries(
    Object.keys(commands).map((name, index) => [name, found[index]]),
  ) as typeof outcomes
})

afterAll(() => everything.disposeAsync())

const reportOf = (name: keyof typeof commands): PolicyReport => {
  const { code, out, stderr } = outcomes[name]
  expect(code, stderr).toBe(0)
  return JSON.parse(out)
}

const fileOf = (name: string) => readFile(join(folder, name), 'utf8')

/** Differences without samples, those of some deciders. */
const differencesIn = ({ differences }: PolicyReport, ...to: readonly string[]) =>
  differences
    .filter((one) => to.includes(one.to))
    .map(({ command, kind, reason, because, count }) =>
      [count, command, kind, ...(reason === undefined ? [] : [reason]), because].join(' '),
    )
    .toSorted()

const endsIn = ({ ends }: PolicyReport, ...categories: readonly string[]) =>
  ends
    .filter(({ category }) => categories.includes(category))
    .map(({ category, recorded, changed, count }) => `${count} ${category} ${recorded} ${changed}`)
    .toSorted()

test('a limit on orders: what is refused, what follows, and what money and stock would differ', async () => {
  const report: PolicyReport = JSON.parse(await fileOf('few.json'))
  expect(report).toMatchObject({ deciders: ['order'], sagas: [], problemCount: 0 })
  expect(report.commands).toMatchObject({ decided: 10, same: 8, unknown: [], ambiguous: 0 })
  expect(differencesIn(report, 'order', 'inventory', 'payment', 'shipment')).toEqual([
    '1 CommitStock notSent consequence',
    '1 CompletePayment notSent consequence',
    '1 ConfirmOrder notSent consequence',
    '1 ConfirmStock notSent consequence',
    '1 CreateShipment notSent consequence',
    '1 MarkPaid notSent consequence',
    '1 RejectOrder notSent consequence',
    '1 RequestPayment notSent consequence',
    '1 ReserveStock notSent consequence',
    '1 VoidPayment notSent consequence',
    '2 PlaceOrder refused TooManyPieces rules',
  ])
  const placed = report.differences.find(({ command }) => command === 'PlaceOrder')
  expect(placed?.samples).toEqual([
    expect.objectContaining({
      stream: `order-${orders[4]}`,
      recorded: 'OrderPlaced',
      changed: 'refused: TooManyPieces',
    }),
    expect.objectContaining({ stream: `order-${orders[50]}` }),
  ])
  expect(endsIn(report, 'order', 'payment', 'shipment')).toEqual([
    '1 order CONFIRMED –',
    '1 order REJECTED –',
    '1 payment completed –',
    '1 payment voided –',
    '1 shipment CREATED –',
  ])
  const eur = { currency: 'EUR', recorded: 1_000, changed: 0, difference: -1_000 }
  expect(report.money).toEqual([
    { name: 'product orders', ...eur },
    { name: 'charged', ...eur },
  ])
  const stock = { name: 'in stock', recorded: 3, changed: 7, difference: 4 }
  expect(report.pieces).toEqual([stock])
  expect(report.stock).toEqual([{ ...stock, stream: `inventory-${lamp}` }])
})

test('the report is a page as well, printed in short, and replaces no file', async () => {
  const { code, out, stderr } = outcomes.few
  expect(code).toBe(0)
  expect(out).toMatch(/^PlaceOrder +order +refused: TooManyPieces +changed rules +2 +order-/m)
  expect(out).toMatch(/^order +CONFIRMED +– +1 +order-/m)
  expect(out).toMatch(/^charged +10\.00 EUR +0\.00 EUR +-10\.00 EUR$/m)
  expect(stderr).toContain('Deciding')
  expect(stderr).toContain('Nothing was written but the report.')
  const page = await fileOf('few.html')
  expect(page).toMatch(/^<!doctype html>/)
  expect(page).toContain('<td>PlaceOrder</td><td>order</td><td>refused: TooManyPieces</td>')
  expect(page).not.toMatch(/<script|src=|href=/)
  for (const personal of ['@example.org', 'tok_ok']) expect(page + out).not.toContain(personal)
  expect(outcomes.fewAgain).toMatchObject({
    code: 1,
    stderr: 'few.json already exists; add --force to replace it.\n',
  })
})

test('with one category, the rest is not followed', () => {
  const report = reportOf('fewOrders')
  expect(report.range.categories).toEqual(['order'])
  expect(new Set(report.differences.map(({ to }) => to))).toEqual(new Set(['order']))
  expect(report.limits.join(' ')).toContain('Only order was read')
})

test('a refusal that the saga is given leads orders to another end', () => {
  const report = reportOf('stock')
  expect(differencesIn(report, 'inventory', 'order')).toEqual([
    '1 CommitStock notSent consequence',
    '1 ConfirmOrder notSent consequence',
    '1 ConfirmStock notSent consequence',
    '1 MarkPaid notSent consequence',
    '1 RejectOrder sent consequence',
    '1 ReserveStock refused OutOfStock rules',
  ])
  expect(endsIn(report, 'order', 'payment')).toEqual([
    '1 order CONFIRMED REJECTED',
    '1 payment completed voided',
  ])
  expect(report.pieces).toMatchObject([{ name: 'in stock', difference: 4 }])
})

test('a command of a saga that was refused is accepted, and its order goes on to its end', () => {
  const report = reportOf('backorders')
  expect(differencesIn(report, 'inventory')).toEqual([
    '1 CommitStock sent consequence',
    '1 ReserveStock accepted rules',
  ])
  expect(endsIn(report, 'order', 'payment')).toEqual([
    '1 order REJECTED CONFIRMED',
    '1 payment voided completed',
  ])
  expect(report.commands.assumed).toBe(1)
  expect(report.money).toContainEqual({
    name: 'charged',
    currency: 'EUR',
    recorded: 0,
    changed: 12_500,
    difference: 12_500,
  })
  expect(report.pieces).toMatchObject([{ name: 'in stock', recorded: 3, changed: -47 }])
})

test('a saga that does not notify changes that, and nothing else', () => {
  const report = reportOf('silent')
  expect(report.runs).toEqual([
    {
      saga: 'fulfilment',
      runs: 4,
      differing: 4,
      commands: [{ to: 'notification', command: 'RequestNotification', notSent: 8, sent: 0 }],
    },
  ])
  expect(new Set(report.differences.map(({ to }) => to))).toEqual(new Set(['notification']))
  expect([report.money, report.pieces]).toEqual([[], []])
})

test('every command is derived from its events, and the same rules differ in nothing', () => {
  const report = reportOf('copies')
  expect(report.deciders.length + report.sagas.length).toBeGreaterThan(40)
  const { decided, same, unknown } = report.commands
  expect(decided).toBeGreaterThan(50)
  expect([same, unknown]).toEqual([decided, []])
  const { differences, ends, money, pieces } = report
  expect([differences, ends, money, pieces]).toEqual([[], [], [], []])
})

test.each([
  ['installed', 1, 'installed.ts exports the installed rules only; change one of them.'],
  ['unknown', 1, 'unknown.ts exports the decider "ordre", and no decider of Agora has that name.'],
  ['none', 1, 'none.ts exports no decider and no saga; export what decider({ … }).rules({ … })'],
  [
    'failing',
    1,
    "cannot be decided: Cannot read properties of undefined (reading 'reduce') (line 4)",
  ],
  ['gone', 1, 'gone.ts does not exist'],
  ['both', 2, "'--rules <file>' cannot be used with option '--projection <file>'"],
  ['neither', 2, 'Name a module by --projection or by --rules.'],
  ['category', 2, 'There is no category "ordre". Did you mean "order"?'],
] as const)('the error of %s names the cause', (name, code, message) => {
  expect(outcomes[name]).toMatchObject({ code, stderr: expect.stringContaining(message) })
})

test('no table has changed', () => {
  expect(tables.after).toEqual(tables.before)
})
