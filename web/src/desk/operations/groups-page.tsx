import { useQuery } from '@tanstack/react-query'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty, Failure, Loaded, useToast } from '../../ui/feedback.tsx'
import { Muted, Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { groupsTexts } from './groups-texts.ts'
import { groupsKey, groupsQuery, type ConsumerGroup } from './operations-queries.ts'

/** Interval in which the list is read again, in ms. */
const every = 5_000

const State = ({ group: { state, parked } }: { readonly group: ConsumerGroup }) => {
  const t = useTexts(groupsTexts)
  if (parked > 0 && state === 'live') return <Badge kind="warn">{t.withParked}</Badge>
  return <Badge kind={state === 'live' ? 'good' : 'warn'}>{t[state]}</Badge>
}

/** The command that has the parked messages of a group delivered again. */
const Replay = ({
  group: { source, name, parked },
}: {
  readonly group: Pick<ConsumerGroup, 'source' | 'name' | 'parked'>
}) => {
  const t = useTexts(groupsTexts)
  const { number } = useFormats()
  const toast = useToast()
  const replay = useCommand({
    send: (_: void, once) =>
      run(api.POST('/api/v1/admin/consumer-groups/replay', { body: { source, name }, ...once })),
    changes: [groupsKey],
    onDone: ({ messages }) => toast(t.replayed(number(messages))),
  })
  if (parked === 0) return '–'
  return (
    <>
      <Button
        small
        busy={replay.isPending}
        aria-label={t.of(t.replay, name, source)}
        onClick={() => replay.mutate()}
      >
        {t.replay}
      </Button>
      {replay.error && <Failure error={replay.error} />}
    </>
  )
}

const Groups = () => {
  const t = useTexts(groupsTexts)
  const { number } = useFormats()
  const query = useQuery({ ...groupsQuery, refetchInterval: every })
  const numberOf = (value: number | undefined) => (value === undefined ? '–' : number(value))
  return (
    <>
      <Muted>{t.about}</Muted>
      <Loaded query={query}>
        {({ groups, total }) =>
          groups.length === 0 ? (
            <Empty>
              <p>{t.none}</p>
            </Empty>
          ) : (
            <>
              <Table
                caption={t.title}
                rows={groups}
                keyOf={({ source, name }) => `${source} ${name}`}
                columns={[
                  { head: t.name, cell: ({ name }) => <strong>{name}</strong> },
                  { head: t.source, cell: ({ source }) => source },
                  { head: t.state, cell: (group) => <State group={group} /> },
                  { head: t.parked, isNumber: true, cell: ({ parked }) => number(parked) },
                  { head: t.commands, cell: (group) => <Replay group={group} /> },
                  { head: t.lag, isNumber: true, cell: ({ measured }) => numberOf(measured?.lag) },
                  {
                    head: t.consumers,
                    isNumber: true,
                    cell: ({ measured }) => numberOf(measured?.consumers),
                  },
                  {
                    head: t.inFlight,
                    isNumber: true,
                    cell: ({ measured }) => numberOf(measured?.inFlight),
                  },
                  {
                    head: t.done,
                    isNumber: true,
                    cell: ({ measured }) => numberOf(measured?.done),
                  },
                  {
                    head: t.at,
                    cell: ({ measured }) => (measured ? <Ago at={measured.at} /> : '–'),
                  },
                ]}
              />
              {total > groups.length && (
                <Muted>{t.more(number(groups.length), number(total))}</Muted>
              )}
            </>
          )
        }
      </Loaded>
    </>
  )
}

/** The persistent subscriptions of the EventStoreDB endpoint. */
const GroupsPage = () => {
  const desk = useDeskTexts()
  return (
    <Desk title={desk.pages.groups}>
      <Groups />
    </Desk>
  )
}

export default GroupsPage
