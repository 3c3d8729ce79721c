import { styleText } from 'node:util'
import { Check } from 'typebox/value'
import {
  Accepted,
  SagaMove,
  SagaList,
  SagaRuns,
  StreamPage,
  type MaskedEvent,
  type SagaRun,
} from './answers.ts'
import { pages } from './pages.ts'
import { print, type Session } from './session.ts'
import { table } from './table.ts'
import { formatDuration } from './wording.ts'

const colours = { running: 'cyan', ended: 'green', parked: 'red' } as const

const stateOf = ({ state }: SagaRun): string =>
  state in colours ? styleText(colours[state as keyof typeof colours], state) : state

const columns = [
  { title: 'saga' },
  { title: 'id' },
  { title: 'state' },
  { title: 'steps', align: 'right' },
  { title: 'started at' },
  { title: 'took', align: 'right' },
] as const

const rowOf = (run: SagaRun): readonly string[] => [
  run.saga,
  run.id,
  stateOf(run),
  String(run.steps),
  run.startedAt,
  formatDuration((Date.parse(run.updatedAt) - Date.parse(run.startedAt)) / 1_000),
]

/** `agora sagas`: lists runs of sagas, latest change first. */
export const listSagas = async (
  session: Session,
  {
    json,
    state,
    limit,
  }: { readonly json?: boolean; readonly state?: string; readonly limit: number },
): Promise<void> => {
  const only = state === undefined ? '' : `&${new URLSearchParams({ state }).toString()}`
  const sagas = await pages(async (query) => {
    const found = await session.client.call(SagaList, 'GET', `/admin/sagas?${query}${only}`)
    return { entries: found.sagas, total: found.total }
  }, limit)
  print(session, json, { sagas }, () =>
    sagas.length === 0 ? ['There are none.'] : table(columns, sagas.map(rowOf)),
  )
}

/** Describes a move: `OrderPlaced → ReserveStock, CancelOrder in 15 min`. */
export const moveOf = ({ input, steps }: SagaMove): string => {
  const cause = input.reason ? `${input.type} refused (${input.reason})` : input.type
  const trigger = input.kind === 'timer' ? `timer ${cause}` : cause
  const commands = steps.map(({ type, wait }) =>
    wait > 0 ? `${type} in ${formatDuration(wait / 1_000)}` : type,
  )
  return `${trigger} → ${commands.length > 0 ? counts(commands).join(', ') : 'nothing'}`
}

/** Groups equal names: `RequestNotification ×2`. */
const counts = (names: readonly string[]): readonly string[] =>
  [...Map.groupBy(names, (name) => name)].map(([name, all]) =>
    all.length > 1 ? `${name} ×${all.length}` : name,
  )

const lineOf = ({ at, type, data }: MaskedEvent): readonly string[] => [
  at,
  type,
  Check(SagaMove, data) ? moveOf(data) : '',
]

/** `agora saga`: shows the runs of one id, move by move. */
export const showSaga = async (
  session: Session,
  id: string,
  { json }: { readonly json?: boolean },
): Promise<void> => {
  const { client } = session
  const { sagas } = await client.call(SagaRuns, 'GET', `/admin/sagas/${encodeURIComponent(id)}`)
  const runs = await Promise.all(
    sagas.map(async (run) => {
      const stream = encodeURIComponent(`${run.saga}-${run.id}`)
      const { events } = await client.call(
        StreamPage,
        'GET',
        `/analytics/streams/${stream}/events?count=1000`,
      )
      return { ...run, moves: events }
    }),
  )
  print(session, json, { sagas: runs }, () =>
    runs.flatMap(({ moves, ...run }) => [
      ...table(columns, [rowOf(run)]),
      '',
      ...table(
        [{ title: 'at' }, { title: 'event' }, { title: 'because of → sent' }],
        moves.map(lineOf),
      ),
    ]),
  )
}

/** `agora saga --retry`: retries the parked runs of one id. */
export const retrySaga = async ({ client, out }: Session, id: string): Promise<void> => {
  await client.call(Accepted, 'POST', `/admin/sagas/${encodeURIComponent(id)}/retry`)
  out(`The saga runs of ${id} are retried.`)
}
