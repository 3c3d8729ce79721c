import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useFallbackInterval } from '../../api/use-live.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty, Loaded } from '../../ui/feedback.tsx'
import { Card, Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge, type Kind } from '../../ui/notice.tsx'
import { Desk } from '../desk.tsx'
import css from './events.module.css'
import { liveTexts } from './live-texts.ts'
import { ReplayPlayer } from './replay-player.tsx'
import { replaysQuery, type Replay } from './replay-queries.ts'
import { StartReplay } from './start-replay.tsx'

const route = getRouteApi('/desk/replays')

/** Interval at which the list is read while a replay is running, in ms. */
const runningMs = 2_000

const kinds: Readonly<Record<Replay['status'], Kind>> = {
  RUNNING: 'info',
  PAUSED: 'warn',
  STOPPED: 'bad',
  COMPLETED: 'good',
}

const Replays = () => {
  const t = useTexts(liveTexts)
  const { moment, number } = useFormats()
  const fallback = useFallbackInterval()
  const query = useQuery({
    ...replaysQuery,
    // That one has ended is recorded after its last event was sent.
    refetchInterval: ({ state }) =>
      state.data?.replays.some(({ status }) => status === 'RUNNING') ? runningMs : fallback,
  })
  const speedOf = (speed: Replay['speed']): string => {
    if (speed === 'max') return t.max
    if (speed === 1) return t.originalSpeed
    return speed < 1 ? t.slower(number(1 / speed)) : t.times(number(speed))
  }
  const rangeOf = ({ fromPosition, untilPosition }: Replay): string =>
    t.positions(fromPosition, untilPosition)
  const filterOf = ({ categories, types, stream }: Replay): string =>
    [...(categories ?? []), ...(types ?? []), ...(stream === undefined ? [] : [stream])].join(', ')
  return (
    <Card title={t.all}>
      <Loaded query={query}>
        {(replays) =>
          replays.length === 0 ? (
            <Empty />
          ) : (
            <Table
              caption={t.all}
              rows={replays}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t.part,
                  cell: (replay) => (
                    <Stack tight>
                      <span className={css.long}>{filterOf(replay) || t.everything}</span>
                      <Muted>{rangeOf(replay)}</Muted>
                    </Stack>
                  ),
                },
                {
                  head: t.speed,
                  cell: ({ speed }) => speedOf(speed),
                },
                {
                  head: t.status,
                  cell: ({ status }) => <Badge kind={kinds[status]}>{t[status]}</Badge>,
                },
                { head: t.startedAt, cell: ({ startedAt }) => moment(startedAt) },
                {
                  head: t.play,
                  cell: (replay) =>
                    replay.status !== 'STOPPED' && (
                      <ButtonLink
                        small
                        to="/desk/replays"
                        search={{ id: replay.id }}
                        aria-label={t.playOne(rangeOf(replay))}
                      >
                        {t.play}
                      </ButtonLink>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}

const Content = () => {
  const t = useTexts(liveTexts)
  const { id } = route.useSearch()
  return (
    <Stack>
      <Muted>{t.replaysAbout}</Muted>
      {id !== undefined && <ReplayPlayer key={id} replayId={id} />}
      <StartReplay />
      <Replays />
    </Stack>
  )
}

/** Replays of the log: the player, a new one, and all. */
const ReplaysPage = () => {
  const t = useTexts(liveTexts)
  return (
    <Desk title={t.replays}>
      <Content />
    </Desk>
  )
}

export default ReplaysPage
