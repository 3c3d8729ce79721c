import fc from 'fast-check'
import { messageOf } from '#kernel/error-message'
import type { AnyRoute } from '../../src/serving/route.ts'
import { curlOf } from './support/curl.ts'
import type { Finding } from './support/findings.ts'
import { isOutage, judged } from './support/judge.ts'
import { inLanes } from './support/lanes.ts'
import type { Part } from './support/part.ts'
import { requestsOf, type Described } from './support/requests.ts'
import { routes } from './support/routes.ts'
import { formOf, pixel, seed as sow } from './support/seeds.ts'
import { wireOf } from './support/send.ts'
import { seedOf, tryMany } from './support/shrinking.ts'
import { prefix } from './support/stage.ts'

/** Requests of an operation in a round. */
const perRound = 12

/** Requests that are under way at once. */
const lanes = 4

const uploads = (route: AnyRoute) =>
  requestsOf(route).chain((described) =>
    fc
      .constantFrom(
        formOf(pixel),
        formOf(Buffer.from('%PDF-1.4'), 'a.pdf', 'application/pdf'),
        formOf(Buffer.alloc(0)),
        formOf(pixel, '../\u0000x"; a=b', 'image/svg+xml'),
        formOf(Buffer.alloc(300_000, 'x'), 'x'.repeat(500), 'nonsense'),
        { ...formOf(pixel), content: formOf(pixel).content.subarray(0, -6) },
      )
      .map((raw): Described => ({ ...described, raw })),
  )

/** Requests of every route, valid and mutated by its schemas. */
export const http: Part = async ({ served, stage, seed, requests, findings, note, count }) => {
  const statuses = new Map<number, number>()
  const reached = new Set<string>()

  const attempt = async (route: AnyRoute, described: Described): Promise<Finding | undefined> => {
    const { as } = described
    const find = stage.pool.findFor(as)
    const token = stage.personOf(as)?.token
    const where = `${route.method} ${route.url}`
    const finding = (what: string, detail: string): Finding => ({
      part: 'http',
      where,
      what,
      detail,
      reproduction: curlOf(wireOf(route, described, { prefix, token, find }), as),
    })
    count()
    try {
      const answered = await stage.ask(route, described)
      const { status } = answered
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (isOutage(answered)) note(`${where}: ${status} ${answered.text.slice(0, 300)}`)
      if (status < 400) reached.add(where)
      if (status === 401 && described.authorization === undefined) await stage.reviveIfGone(as)
      const verdict = judged(route, answered)
      return verdict && finding(verdict.what, verdict.detail)
    } catch (error) {
      return finding(served.hasEnded() ? 'the process ended' : 'no answer', messageOf(error))
    }
  }

  const rounds = Math.max(1, Math.round(requests / routes.length / perRound))
  const runs = Math.max(1, Math.ceil(requests / routes.length / rounds))
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0) {
      await stage.reviveAll()
      for (const failure of await sow(stage)) note(`seeds of round ${round + 1}: ${failure}`)
    }
    await inLanes(lanes, [...routes.entries()], ([at, route]) =>
      tryMany(
        route.upload ? uploads(route) : requestsOf(route),
        { seed: seedOf(seed, round, at), runs, known: findings },
        (described) => attempt(route, described),
      ),
    )
  }
  const never = routes
    .map(({ method, url }) => `${method} ${url}`)
    .filter((one) => !reached.has(one))
  note(
    `answers by status: ${[...statuses]
      .toSorted(([a], [b]) => a - b)
      .map(([status, n]) => `${status}: ${n}`)
      .join(', ')}`,
  )
  note(
    `routes that answered a success: ${reached.size} of ${routes.length}; not: ${never.join(', ')}`,
  )
}
