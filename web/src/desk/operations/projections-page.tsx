import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useFallbackInterval } from '../../api/use-live.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Empty, Loaded, Progress } from '../../ui/feedback.tsx'
import { Checkbox, Form, TextField } from '../../ui/form.tsx'
import { Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { GatedRebuild } from './gated-rebuild.tsx'
import css from './operations.module.css'
import { projectionsQuery, type Projection } from './operations-queries.ts'
import { projectionsTexts } from './projections-texts.ts'
import { SteerProjection } from './steer-projection.tsx'
import { useOps } from './use-ops.ts'

/** Intervals in which the status is read again, in ms: while something is built, and otherwise. */
const intervals = { building: 1_000, usual: 5_000 }

const kinds = { live: 'good', paused: 'warn', building: 'info', elsewhere: 'neutral' } as const

const isNoted = ({ status, lagEvents, parked, rebuild, comparison }: Projection): boolean =>
  status !== 'live' ||
  lagEvents > 0 ||
  parked > 0 ||
  rebuild !== undefined ||
  (comparison !== undefined && comparison.different + comparison.onlyOld + comparison.onlyNew > 0)

const Status = ({ projection }: { readonly projection: Projection }) => {
  const t = useTexts(projectionsTexts)
  const { number } = useFormats()
  const { name, status, rebuild, comparison } = projection
  return (
    <Stack tight>
      <Badge kind={kinds[status]}>{t[status]}</Badge>
      {rebuild && rebuild.state !== 'waiting' && (
        <div role="group" aria-label={t.of(t.rebuild, name)}>
          <Progress
            label={t.progress(number(rebuild.progress), number(rebuild.total))}
            share={rebuild.total === 0 ? undefined : rebuild.progress / rebuild.total}
          />
          {rebuild.etaSeconds !== undefined && (
            <Muted>{t.eta(number(Math.ceil(rebuild.etaSeconds)))}</Muted>
          )}
        </div>
      )}
      {comparison && (
        <div className={css.note}>
          {t.comparison}:{' '}
          {t.compared(
            number(comparison.same),
            number(comparison.different),
            number(comparison.onlyOld),
            number(comparison.onlyNew),
          )}
        </div>
      )}
    </Stack>
  )
}

/** The share that met a promise, rounded down: what was missed is not rounded away. */
const shareOf = ({ met, missed }: { readonly met: number; readonly missed: number }): number =>
  Math.floor((met / (met + missed)) * 1_000) / 1_000

const Kept = ({ promise: { events, reads } }: Pick<Projection, 'promise'>) => {
  const t = useTexts(projectionsTexts)
  const { percent } = useFormats()
  const parts = [
    ...(events ? [t.eventsInTime(percent(shareOf(events)))] : []),
    ...(reads ? [t.readsInTime(percent(shareOf(reads)))] : []),
  ]
  return parts.length === 0 ? t.nothingJudged : parts.join(', ')
}

const StoreCell = ({ projection }: { readonly projection: Projection }) => {
  const t = useTexts(projectionsTexts)
  const { store, declaredStore, remainsIn } = projection
  return (
    <>
      {declaredStore === undefined ? store : t.storeInstead(store, declaredStore)}
      {remainsIn && <Muted> {t.remains(remainsIn.join(', '))}</Muted>}
    </>
  )
}

const Projections = () => {
  const t = useTexts(projectionsTexts)
  const { number } = useFormats()
  const fallback = useFallbackInterval()
  const { data: lags = [] } = useOps()
  const [shown, setShown] = useState({ text: '', onlyNoted: false })
  const query = useQuery({
    ...projectionsQuery,
    refetchInterval: ({ state }) =>
      state.data?.projections.some(({ status }) => status === 'building')
        ? intervals.building
        : fallback || intervals.usual,
  })
  return (
    <>
      <Form
        label={t.filter}
        submitLabel={t.show}
        busy={false}
        onSubmit={(values) =>
          setShown({ text: values.text('text'), onlyNoted: values.ticked('onlyNoted') })
        }
      >
        <TextField name="text" label={t.filter} required={false} />
        <Checkbox name="onlyNoted" label={t.onlyNoted} />
      </Form>
      <Loaded query={query} skeletons={3}>
        {({ projections }) => {
          // The pushed lag is the newer one.
          const rows = projections
            .map((one) => ({ ...one, ...lags.find(({ name }) => name === one.name) }))
            .filter((one) => one.name.includes(shown.text) && (!shown.onlyNoted || isNoted(one)))
          if (rows.length === 0)
            return (
              <Empty>
                <p>{t.none}</p>
              </Empty>
            )
          return (
            <>
              {rows.map(
                (one) =>
                  one.rebuild?.gate && (
                    <GatedRebuild key={one.name} projection={one} rebuild={one.rebuild} />
                  ),
              )}
              <Table
                caption={t.name}
                rows={rows}
                keyOf={({ name }) => name}
                columns={[
                  { head: t.name, cell: ({ name }) => <strong>{name}</strong> },
                  { head: t.status, cell: (projection) => <Status projection={projection} /> },
                  { head: t.commands, cell: (one) => <SteerProjection projection={one} /> },
                  {
                    head: t.lag,
                    cell: ({ lagEvents, lagSeconds }) =>
                      lagEvents === 0
                        ? t.noLag
                        : t.lagOf(number(lagEvents), number(Math.round(lagSeconds * 10) / 10)),
                  },
                  {
                    head: t.promised,
                    cell: ({ promise }) => t.within(number(promise.within / 1_000)),
                  },
                  {
                    head: t.inTime,
                    cell: ({ promise }) => <Kept promise={promise} />,
                  },
                  {
                    head: t.parked,
                    isNumber: true,
                    cell: ({ parked }) =>
                      parked === 0 ? (
                        number(0)
                      ) : (
                        <Link to="/desk/dead-letters">{number(parked)}</Link>
                      ),
                  },
                  {
                    head: t.position,
                    cell: ({ position, head }) =>
                      t.ofHead(number(Number(position)), number(Number(head))),
                  },
                  { head: t.store, cell: (projection) => <StoreCell projection={projection} /> },
                  { head: t.version, isNumber: true, cell: ({ version }) => number(version) },
                  { head: t.generation, isNumber: true, cell: (one) => number(one.generation) },
                ]}
              />
            </>
          )
        }}
      </Loaded>
    </>
  )
}

/** All projections: lag, status, rebuilds beside the live generation, pauses. */
const ProjectionsPage = () => {
  const t = useDeskTexts()
  return (
    <Desk title={t.pages.projections}>
      <Projections />
    </Desk>
  )
}

export default ProjectionsPage
