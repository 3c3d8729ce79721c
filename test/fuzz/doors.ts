import fc from 'fast-check'
import { channels } from '../../src/domains/index.ts'
import { allows } from '../../src/serving/caller.ts'
import type { AnyRoute } from '../../src/serving/route.ts'
import { curlOf } from './support/curl.ts'
import { connected, answerOf } from './support/connected.ts'
import { isOpenTo } from './support/open-doors.ts'
import type { Part, Setting } from './support/part.ts'
import { callers, exampleOf, type CallerName, type Described } from './support/requests.ts'
import { routes } from './support/routes.ts'
import { seed as sow } from './support/seeds.ts'
import { wireOf, type Answered } from './support/send.ts'
import { seedOf } from './support/shrinking.ts'
import { openStage, prefix, rolesOf, type Stage } from './support/stage.ts'
import { valid } from './support/from-schema.ts'
import { refsIn, resolved, withOwnRefs } from './support/values.ts'

/** People whose things strangers ask for. */
const owners = ['buyer', 'seller'] as const

/** People who have nothing to do with them. */
const strangers = ['nobody', 'other', 'analyst'] as const

/** Statuses by which a door is shut: not signed in, forbidden, not there, and invalid, which comes before what is behind it. */
const shut = new Set([400, 401, 403, 404])

const wireFor = (stage: Stage, route: AnyRoute, described: Described, owner: CallerName) =>
  wireOf(route, described, {
    prefix,
    token: stage.personOf(described.as)?.token,
    find: stage.pool.findFor(owner),
  })

const detailOf = ({ body }: Answered): string =>
  typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : ''

/** Whether an answer says that the route does not admit the caller. */
const isRefusedByRole = (answered: Answered): boolean =>
  answered.status === 401
    ? answered.text.includes('"not_signed_in"')
    : answered.status === 403 && /^Only for (people|processes)/.test(detailOf(answered))

const samplesOf = (route: AnyRoute, as: CallerName, seed: number, number: number) =>
  fc.sample(exampleOf(route, as), { seed, numRuns: number })

/** Every route by every caller: it admits those that its declared access admits, and nobody else. */
const byRole = async (stage: Stage, { seed, count, findings }: Setting): Promise<void> => {
  for (const [at, route] of routes.entries())
    for (const as of callers) {
      const [described] = samplesOf(route, as, seedOf(seed, 3_000, at), 1)
      if (!described) continue
      const wire = wireFor(stage, route, described, as)
      const first = await stage.ask(route, described)
      count()
      // An earlier request of theirs has ended the session, which is followed a little later.
      const hasEnded = first.status === 401 && first.text.includes('"session_ended"')
      if (hasEnded) await stage.reviveIfGone(as)
      const answered = hasEnded ? await stage.ask(route, described) : first
      const isAdmitted =
        route.access === 'public' ||
        (as !== 'nobody' && allows(route.access, { roles: rolesOf[as] }))
      if (isRefusedByRole(answered) === isAdmitted)
        findings.add({
          part: 'doors',
          where: `${route.method} ${route.url}`,
          what: isAdmitted ? `refuses ${as}` : `admits ${as}, though only for ${route.access}`,
          detail: `${answered.status} ${answered.text.slice(0, 300)}`,
          reproduction: curlOf(wire, as),
        })
      if (isAdmitted) await stage.reviveIfGone(as)
    }
}

/** Every route that is about something, by strangers of its owner. */
const byStrangers = async (stage: Stage, { seed, count, findings, requests }: Setting) => {
  const number = Math.min(4, Math.max(1, Math.round(requests / 5_000)))
  const ofPeople = routes.filter(({ access }) => ['public', 'user', 'seller'].includes(access))
  for (const [at, route] of ofPeople.entries())
    for (const owner of owners)
      for (const stranger of strangers)
        for (const sample of samplesOf(route, stranger, seedOf(seed, 4_000, at), number)) {
          if (refsIn(sample).length === 0) continue
          const described = withOwnRefs(sample) as Described
          const wire = wireFor(stage, route, described, owner)
          const answered = await stage.send(wire)
          count()
          const name = `${route.method} ${route.url}`
          if (shut.has(answered.status) || isOpenTo(stranger, name)) continue
          findings.add({
            part: 'doors',
            where: name,
            what: `answers ${stranger} with ${answered.status} about what is of the ${owner}`,
            detail: answered.text.slice(0, 400),
            reproduction: curlOf(wire, stranger),
          })
        }
}

/** Every namespace by every caller, and every message about something by strangers of its owner. */
const bySockets = async (stage: Stage, { seed, count, findings }: Setting): Promise<void> => {
  for (const { namespace, access, client } of channels)
    for (const as of callers) {
      count()
      const socket = await connected(stage, namespace, as)
      const isAdmitted = as !== 'nobody' && allows(access, { roles: rolesOf[as] })
      if ((socket !== undefined) !== isAdmitted)
        findings.add({
          part: 'doors',
          where: namespace,
          what: isAdmitted ? `refuses ${as}` : `admits ${as}, though only for ${access}`,
          detail: '',
          reproduction: `io('${namespace}') as ${as}`,
        })
      if (socket && (as === 'other' || as === 'analyst') && access === 'user')
        for (const [name, { payload }] of Object.entries(client))
          for (const owner of owners)
            for (const sample of fc.sample(valid(payload), {
              seed: seedOf(seed, 5_000),
              numRuns: 2,
            })) {
              if (refsIn(sample).length === 0) continue
              count()
              const said = resolved(withOwnRefs(sample), stage.pool.findFor(owner))
              const answer = await answerOf(socket, name, said)
              if (answer.ok !== true || isOpenTo(as, `${namespace} ${name}`)) continue
              findings.add({
                part: 'doors',
                where: `${namespace} ${name}`,
                what: `answers ${as} about what is of the ${owner}`,
                detail: JSON.stringify(answer).slice(0, 400),
                reproduction: `as ${as}: socket.emit('${name}', ${JSON.stringify(said)}, ack)`,
              })
            }
      socket?.disconnect()
    }
}

/**
 * Every route and namespace by every role, and by strangers of those whose things they ask for. With people of its own, who
 * have met nobody else.
 */
export const doors: Part = async (setting) => {
  const { served, note } = setting
  using stage = await openStage(served.url, served.admin)
  for (const failure of await sow(stage)) note(`seeds: ${failure}`)
  await byStrangers(stage, setting)
  await bySockets(stage, setting)
  await byRole(stage, setting)
}
