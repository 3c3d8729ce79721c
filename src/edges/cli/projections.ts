import { styleText } from 'node:util'
import { Accepted, ReadModels, type ReadModel } from './answers.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatCount } from './wording.ts'

const statusOf = ({ status, rebuild }: ReadModel): string => {
  if (rebuild?.state === 'waiting')
    return styleText('yellow', `${status}, generation ${rebuild.generation} waits`)
  if (rebuild && rebuild.total > 0)
    return styleText('cyan', `${status} ${Math.floor((rebuild.progress / rebuild.total) * 100)} %`)
  return styleText(status === 'live' ? 'green' : 'yellow', status)
}

const storeOf = ({ store, declaredStore }: ReadModel): string =>
  declaredStore === undefined ? store : `${store} (${declaredStore} is not configured)`

const variables: Readonly<Record<string, string>> = {
  mongo: 'MONGO_URL_BEFORE',
  elasticsearch: 'ELASTICSEARCH_URL_BEFORE',
}

/** A line for each store that is not configured any more and has documents still. */
const remainsOf = (models: readonly ReadModel[]): readonly string[] =>
  [...new Set(models.flatMap(({ remainsIn = [] }) => remainsIn))].map((store) => {
    const names = models
      .filter(({ remainsIn }) => remainsIn?.includes(store))
      .map(({ name }) => name)
    const variable = variables[store] ?? 'its variable'
    return `Documents of ${names.join(', ')} remain in ${store}: set ${variable} to its URL until this line is gone.`
  })

const columns = [
  { title: 'name' },
  { title: 'version', align: 'right' },
  { title: 'generation', align: 'right' },
  { title: 'store' },
  { title: 'status' },
  { title: 'position', align: 'right' },
  { title: 'events behind', align: 'right' },
  { title: 'seconds behind', align: 'right' },
  { title: 'promised', align: 'right' },
  { title: 'events in time', align: 'right' },
  { title: 'reads in time', align: 'right' },
  { title: 'parked', align: 'right' },
] as const

/** The share that met a promise, rounded down: what was missed is not rounded away. Empty where nothing was counted. */
const shareOf = (tally: { readonly met: number; readonly missed: number } | undefined): string => {
  const total = tally ? tally.met + tally.missed : 0
  if (!tally || total === 0) return ''
  return `${(Math.floor((tally.met / total) * 1_000) / 10).toFixed(1)} %`
}

const rowOf = (model: ReadModel): readonly string[] => [
  model.name,
  String(model.version),
  String(model.generation),
  storeOf(model),
  statusOf(model),
  formatCount(BigInt(model.position)),
  formatCount(model.lagEvents),
  model.lagSeconds.toFixed(1),
  model.promise ? `${model.promise.within / 1_000} s` : '',
  shareOf(model.promise?.events),
  shareOf(model.promise?.reads),
  model.parked === 0 ? '0' : styleText('red', formatCount(model.parked)),
]

/** Reads the state of the read models. */
export const readModelsOf = async ({
  client,
}: Pick<Session, 'client'>): Promise<readonly ReadModel[]> =>
  (await client.call(ReadModels, 'GET', '/admin/projections?limit=100')).projections

/** `agora projections`: lists the read models with their state. */
export const listProjections = async (
  session: Session,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const projections = await readModelsOf(session)
  print(session, json, { projections }, () => [
    ...table(columns, projections.map(rowOf)),
    ...remainsOf(projections),
  ])
}

/** `agora pause` and `agora resume`: pauses or resumes a read model. */
export const steerProjection = async (
  session: Session,
  verb: 'pause' | 'resume',
  name: string,
): Promise<void> => {
  await session.client.call(
    Accepted,
    'POST',
    `/admin/projections/${encodeURIComponent(name)}/${verb}`,
  )
  session.out(
    verb === 'pause'
      ? `${name} is paused; "agora resume ${name}" resumes it.`
      : `${name} is resumed.`,
  )
}
