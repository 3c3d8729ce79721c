import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { Card, Grid, Muted, Row, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Figure } from './figure.tsx'
import { processesQuery, type Process } from './operations-queries.ts'
import { overviewTexts } from './overview-texts.ts'
import type { Lag } from './use-ops.ts'

const sum = (processes: readonly Process[], of: (one: Process) => number): number =>
  processes.reduce((total, one) => total + of(one), 0)

/** A number of a minute as a rate of a second, with one decimal. */
const perSecond = (count: number): number => Math.round(count / 6) / 10

/** Rates of requests, commands and errors over all processes, and the greatest lag of a projection. */
export const Rates = ({ lags }: { readonly lags: readonly Lag[] }) => {
  const t = useTexts(overviewTexts)
  const { number, percent } = useFormats()
  const query = useQuery(processesQuery)
  const worst = lags.toSorted((a, b) => b.lagSeconds - a.lagSeconds || b.lagEvents - a.lagEvents)[0]
  const isBehind = worst !== undefined && worst.lagEvents > 0
  return (
    <Card title={t.rates}>
      <Loaded query={query}>
        {({ processes }) => {
          const requests = sum(processes, (one) => one.requests)
          const failed = sum(processes, (one) => one.failed)
          const isMeasured = processes.length > 0
          const shown = (value: string) => (isMeasured ? value : '–')
          return (
            <>
              <Muted>{isMeasured ? t.ratesHint : t.noRates}</Muted>
              <Grid label={t.rates}>
                <Figure name={t.requests} value={shown(number(perSecond(requests)))} />
                <Figure
                  name={t.commands}
                  value={shown(number(perSecond(sum(processes, (one) => one.commands ?? 0))))}
                />
                <Figure
                  name={t.errors}
                  value={shown(percent(requests === 0 ? 0 : failed / requests))}
                />
                <Figure
                  name={t.lag}
                  value={t.seconds(number(isBehind ? Math.round(worst.lagSeconds * 10) / 10 : 0))}
                  hint={
                    isBehind ? <Link to="/desk/projections">{worst.name}</Link> : <>{t.noLag}</>
                  }
                />
              </Grid>
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}

/** What each process measured of itself, with the stores that it reaches. */
export const Processes = () => {
  const t = useTexts(overviewTexts)
  const { number, percent } = useFormats()
  const { data } = useQuery(processesQuery)
  if (!data || data.processes.length === 0) return null
  return (
    <Card title={t.processes}>
      <Table
        caption={t.processes}
        rows={data.processes}
        keyOf={({ name }) => name}
        columns={[
          { head: t.process, cell: ({ name }) => <code>{name}</code> },
          { head: t.requestsOf, isNumber: true, cell: ({ requests }) => number(requests) },
          { head: t.failedOf, isNumber: true, cell: ({ failed }) => number(failed) },
          {
            head: t.commandsOf,
            isNumber: true,
            cell: ({ commands }) => (commands === undefined ? '–' : number(commands)),
          },
          {
            head: t.stores,
            cell: ({ stores }) => (
              <Row>
                {stores.map(({ name, ok }) => (
                  <Badge key={name} kind={ok ? 'good' : 'bad'}>
                    {name}: {ok ? t.ok : t.bad}
                  </Badge>
                ))}
              </Row>
            ),
          },
          {
            head: t.disk,
            isNumber: true,
            cell: ({ diskUsed }) => (diskUsed === undefined ? '–' : percent(diskUsed)),
          },
          {
            head: t.clock,
            isNumber: true,
            cell: ({ clockSkew }) => t.seconds(number(Math.round(clockSkew * 100) / 100)),
          },
        ]}
      />
    </Card>
  )
}
