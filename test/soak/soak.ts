import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Reply } from '../support/http.ts'
import { pack } from '../support/gig-stall.ts'
import { root } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { chatting } from './actions/chatting.ts'
import { gigs } from './actions/gigs.ts'
import { living } from './actions/living.ts'
import { posting } from './actions/posting.ts'
import { reviewing } from './actions/reviewing.ts'
import { sell, shopping } from './actions/shopping.ts'
import { uploading } from './actions/uploading.ts'
import type { Arguments } from './arguments.ts'
import { checkBooks } from './books.ts'
import { chance, type Chance } from './chance.ts'
import { startCluster } from './cluster.ts'
import { collect, quiet } from './collect.ts'
import { errorsLogged } from './errors-logged.ts'
import { emptyKept } from './kept.ts'
import { listen, type Listener } from './listener.ts'
import { anybody, memberOf, type Doors } from './member.ts'
import { trendsOf, type Report } from './report.ts'
import { sample } from './samples.ts'
import { trouble } from './trouble.ts'
import type { Action, Member, World } from './world.ts'

const actions: readonly (readonly [weight: number, action: Action])[] = [
  ...shopping,
  ...gigs,
  ...posting,
  ...reviewing,
  ...chatting,
  ...uploading,
  ...living,
]
const weights = actions.reduce((sum, [weight]) => sum + weight, 0)

const someAction = ({ next }: Chance): Action | undefined => {
  let left = next() * weights
  return actions.find(([weight]) => (left -= weight) < 0)?.[1]
}

const waiting: World['until'] = (ask, holds) => until(ask, holds, { patience: 600_000 })

/** A word of twelve letters that is unlike any other, as a search finds similar ones as well. */
const wordOf = (text: string): string =>
  [...createHash('sha256').update(text).digest().subarray(0, 12)]
    .map((byte) => String.fromCodePoint(97 + (byte % 26)))
    .join('')

/** Of everybody. */
const password = 'a long password'

/** Registers someone. @param name of the account */
const registered = async (doors: Doors, name: string): Promise<Member> => {
  const credentials = { email: `${name}@example.org`, password }
  const body = { ...credentials, username: name }
  const answer = await anybody(doors)('POST', '/auth/register', body)
  if (answer.status !== 201) throw new Error(`${name} cannot register: ${answer.text}`)
  return memberOf(doors, credentials)
}

/** Makes someone a seller with a gig. */
const sellerOf = async (doors: Doors, name: string): Promise<World['sellers'][number]> => {
  const person = await registered(doors, name)
  await person.call('POST', '/users/me/seller', { displayName: 'Logos' })
  // The role comes with the next sign-in.
  const signIn = () => memberOf(doors, { email: person.email, password })
  await waiting(
    async () => (await (await signIn()).call('GET', '/users/me')).body.data.roles,
    (roles: readonly string[]) => roles.includes('seller'),
  )
  const member = await signIn()
  const price = 5_000
  const made = await member.call('POST', '/gigs', {
    title: 'A logo for your workshop',
    description: 'Drawn by hand.',
    category: 'design',
    packages: [pack('Basic', { amount: price })],
  })
  if (made.status !== 201) throw new Error(`There is no gig: ${made.text}`)
  const gigId = String(made.body.data.id)
  await member.call('POST', `/gigs/${gigId}/publish`)
  return { member, gigId, price }
}

/**
 * Runs a soak.
 * @param folder for the data and logs of Agora
 * @param signal ends the traffic before its time; the books are checked all the same
 * @param print prints a line of progress
 */
export const soak = async (
  { durationMs, seed, processes, isSplit, people: count, rate, troubleEveryMs }: Arguments,
  folder: string,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<Report> => {
  const say = (line: string): void => print(`${new Date().toISOString().slice(11, 19)} ${line}`)
  say(`Seed ${seed}. Agora starts in ${folder}`)
  await using cluster = await startCluster(folder, { processes, isSplit })
  const doorsOpen = () =>
    cluster.members.flatMap(({ isDoor, url }) => (isDoor ? (url() ?? []) : []))
  const wrong = new Map<string, number>()
  const wrongly = (what: string, detail: string) => {
    const key = `${what}: ${detail}`.slice(0, 300)
    wrong.set(key, (wrong.get(key) ?? 0) + 1)
    if (wrong.get(key) === 1) say(`Unexpected: ${key}`)
  }
  const onWrong = (what: string, { status, body, text }: Reply): void =>
    wrongly(what, `${status} ${body?.code ?? text.slice(0, 80)} ${body?.detail ?? ''}`)
  const doors: Doors = { urls: doorsOpen, statuses: new Map(), onFault: onWrong }

  const choices = chance(seed)
  const kept = emptyKept()
  let words = 0
  let guests = 0
  const admin = await memberOf(doors, root)
  const people: Member[] = []
  for (let n = 0; n < count; n += 1) people.push(await registered(doors, `person${n}`))
  kept.people.push(...people.map(({ id }) => id))
  const sellers = [await sellerOf(doors, 'seller1'), await sellerOf(doors, 'seller2')]
  const world: World = {
    kept,
    chance: choices,
    admin,
    people,
    sellers,
    products: [],
    register: () => registered(doors, `guest${(guests += 1)}`),
    word: () => wordOf(`${seed} ${(words += 1)}`),
    wrong: onWrong,
    until: waiting,
  }
  for (const pieces of [100, 100, 100, 5]) await sell(world, pieces)

  const listeners = new Map<string, Listener>()
  await using listening = new AsyncDisposableStack()
  for (let n = 0; n + 1 < people.length; n += 2) {
    const [one, other] = [people[n]!, people[n + 1]!]
    const begun = await one.call('POST', '/chat/conversations', { participantId: other.id })
    const id = String(begun.body.data.id)
    kept.conversations.set(id, { id, participants: [one.id, other.id], messages: new Map() })
    for (const member of [one, other]) {
      const listener = listen(member, id, doorsOpen)
      listening.defer(() => listener.close())
      listeners.set(`${id} ${member.id}`, listener)
    }
  }

  say(`Traffic for ${(durationMs / 60_000).toFixed(1)} minutes`)
  const since = performance.now()
  const samples = sample(cluster, Math.min(30_000, Math.max(2_000, durationMs / 200)))
  const faults = trouble(cluster, chance(seed + 1), {
    everyMs: troubleEveryMs,
    onFault: ({ what }) => say(what),
    onError: (error) => wrongly('A fault could not be caused', String(error)),
  })
  const until = since + durationMs
  const done = new Map<string, number>()
  const act = async (me: Member) => {
    // Each starts at a time of its own.
    await pause((choices.next() * 1_000 * count) / rate)
    while (performance.now() < until && !signal.aborted) {
      const begun = performance.now()
      const action = someAction(choices)
      const name = action?.name ?? ''
      await action?.(world, me).catch((error: unknown) => wrongly(name, String(error)))
      done.set(name, (done.get(name) ?? 0) + 1)
      await pause(Math.max(0, (1_000 * count) / rate - (performance.now() - begun)))
    }
  }
  const progress = setInterval(() => {
    const sum = [...done.values()].reduce((all, one) => all + one, 0)
    say(`${sum} actions, ${kept.orders.size} orders, ${kept.posts.size} posts`)
  }, 60_000)
  await Promise.all(people.map(act))
  clearInterval(progress)
  await faults.stop()
  const seconds = (performance.now() - since) / 1_000
  await samples.stop()
  say('The traffic has ended; what is under way ends')
  await quiet(world, listeners)
  say('The books are read')
  const found = await collect(world, cluster.postgresUrl, listeners)
  const books = checkBooks(kept, found)
  for (const { name, ended } of cluster.members)
    for (const code of ended) wrongly(`${name} ended by itself`, `exit code ${code}`)
  return {
    seed,
    seconds,
    processes: cluster.members.map(({ name }) => name),
    statuses: Object.fromEntries([...doors.statuses].map(([status, n]) => [String(status), n])),
    actions: Object.fromEntries(done),
    faults: faults.faults,
    books,
    trends: trendsOf(samples.series),
    wrong: Object.fromEntries(wrong),
    logged: await errorsLogged(cluster.members.flatMap(({ logs }) => logs)),
  }
}
