import { useQuery } from '@tanstack/react-query'
import { useFallbackInterval } from '../../api/use-live.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { Card, List, Muted, Row, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { breakersQuery, healthQuery, servicesQuery } from './operations-queries.ts'
import { overviewTexts } from './overview-texts.ts'

/** Checks of stores and other dependencies. */
export const Health = () => {
  const t = useTexts(overviewTexts)
  const query = useQuery(healthQuery)
  return (
    <Card title={t.health}>
      <Loaded query={query}>
        {({ checks }) => (
          <List label={t.health}>
            {checks.map(({ name, ok, detail }) => (
              <li key={name}>
                <Row>
                  <Badge kind={ok ? 'good' : 'bad'}>{ok ? t.ok : t.bad}</Badge>
                  {name}
                  {detail !== undefined && <Muted>{detail}</Muted>}
                </Row>
              </li>
            ))}
          </List>
        )}
      </Loaded>
    </Card>
  )
}

const kinds = { closed: 'good', open: 'bad', 'half-open': 'warn' } as const

/** Circuit breakers of instances, and of servers outside of Agora. */
export const Breakers = () => {
  const t = useTexts(overviewTexts)
  const { number } = useFormats()
  const query = useQuery(breakersQuery)
  const names = { closed: t.closed, open: t.open, 'half-open': t.halfOpen } as const
  return (
    <Card title={t.breakers}>
      <Loaded query={query}>
        {({ breakers, clients }) => {
          const rows = [
            ...breakers.map(({ instance, url, state }) => ({ key: instance, name: url, state })),
            ...clients.map(({ name, ...rest }) => ({ key: `client ${name}`, name, ...rest })),
          ]
          return rows.length === 0 ? (
            <Muted>{t.noBreakers}</Muted>
          ) : (
            <Table<(typeof rows)[number] & { readonly failed?: number; readonly rejected?: number }>
              caption={t.breakers}
              rows={rows}
              keyOf={({ key }) => key}
              columns={[
                { head: t.server, cell: ({ name }) => name },
                {
                  head: t.state,
                  cell: ({ state }) => <Badge kind={kinds[state]}>{names[state]}</Badge>,
                },
                {
                  head: t.failed,
                  isNumber: true,
                  cell: ({ failed }) => (failed === undefined ? '–' : number(failed)),
                },
                {
                  head: t.rejected,
                  isNumber: true,
                  cell: ({ rejected }) => (rejected === undefined ? '–' : number(rejected)),
                },
              ]}
            />
          )
        }}
      </Loaded>
    </Card>
  )
}

/** Processes of the registry, each with the services that it serves. */
export const Services = () => {
  const t = useTexts(overviewTexts)
  const query = useQuery({ ...servicesQuery, refetchInterval: useFallbackInterval() })
  return (
    <Card title={t.services}>
      <Loaded query={query}>
        {({ services }) => {
          const served = services.flatMap(({ name, instances }) =>
            instances.map(({ url }) => ({ name, url })),
          )
          const rows = [...Map.groupBy(served, ({ url }) => url)]
          return rows.length === 0 ? (
            <Muted>{t.alone}</Muted>
          ) : (
            <Table
              caption={t.services}
              rows={rows}
              keyOf={([url]) => url}
              columns={[
                { head: t.instance, cell: ([url]) => <code>{url}</code> },
                { head: t.served, cell: ([, all]) => all.map(({ name }) => name).join(', ') },
              ]}
            />
          )
        }}
      </Loaded>
    </Card>
  )
}
