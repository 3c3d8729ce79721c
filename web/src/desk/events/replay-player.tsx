import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Failure, Progress } from '../../ui/feedback.tsx'
import { Card, Row } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { EventTable } from './event-table.tsx'
import css from './events.module.css'
import { liveTexts } from './live-texts.ts'
import { replaysKey } from './replay-queries.ts'
import { useReplay, type Playing } from './use-replay.ts'

const shareOf = ({ range, position }: Playing): number | undefined => {
  if (!range) return undefined
  const [from, until] = [Number(range.from), Number(range.until)]
  if (until <= from) return 1
  return Math.min(1, Math.max(0, (Number(position ?? from) - from) / (until - from)))
}

const Seek = ({
  playing,
  onSeek,
}: {
  readonly playing: Playing
  readonly onSeek: (position: number) => void
}) => {
  const t = useTexts(liveTexts)
  const id = useId()
  const [typed, setTyped] = useState<number>()
  const { range, position } = playing
  if (!range) return null
  const value = typed ?? Number(position ?? range.from)
  const jump = (): void => {
    if (typed === undefined) return
    setTyped(undefined)
    onSeek(typed)
  }
  return (
    <div className={css.slider}>
      <label htmlFor={id}>{t.seek}</label>
      <input
        id={id}
        type="range"
        min={Number(range.from)}
        max={Number(range.until)}
        value={value}
        onChange={({ target }) => setTyped(target.valueAsNumber)}
        onPointerUp={jump}
        onKeyUp={jump}
        onBlur={jump}
      />
    </div>
  )
}

/** Plays a replay: its events as they come, its progress, and what steers it. */
export const ReplayPlayer = ({ replayId }: { readonly replayId: string }) => {
  const t = useTexts(liveTexts)
  const { number } = useFormats()
  const queries = useQueryClient()
  const { playing, error, steer, seek } = useReplay(replayId)
  const [isStopping, setStopping] = useState(false)
  const { received, range, position, isPaused, outcome } = playing
  useEffect(() => {
    if (outcome !== undefined) void queries.invalidateQueries({ queryKey: replaysKey })
  }, [outcome, queries])
  return (
    <Card title={t.player}>
      {error !== undefined && <Failure error={error} />}
      <Progress
        label={t.progress(
          number(received.count),
          position ?? range?.from ?? '–',
          range?.until ?? '–',
        )}
        share={shareOf(playing)}
      />
      <Seek playing={playing} onSeek={(to) => seek(String(Math.max(0, to - 1)))} />
      <Row>
        {outcome === undefined ? (
          <>
            <Button
              look="primary"
              onClick={() => steer(isPaused ? 'replay:resume' : 'replay:pause')}
            >
              {isPaused ? t.resume : t.pause}
            </Button>
            <Button look="danger" onClick={() => setStopping(true)}>
              {t.stop}
            </Button>
          </>
        ) : (
          outcome !== 'stopped' && (
            <Button
              look="primary"
              onClick={() => seek(outcome === 'failed' ? position : undefined)}
            >
              {t.again}
            </Button>
          )
        )}
      </Row>
      {outcome !== undefined && (
        <Notice kind={outcome === 'completed' ? 'good' : 'warn'}>{t[outcome]}</Notice>
      )}
      {received.events.length > 0 && <EventTable events={received.events} />}
      <Confirm
        title={t.stopTitle}
        isOpen={isStopping}
        onClose={() => setStopping(false)}
        onConfirm={() => {
          steer('replay:stop')
          setStopping(false)
        }}
        confirmLabel={t.stop}
        busy={false}
      >
        <p>{t.stopAbout}</p>
      </Confirm>
    </Card>
  )
}
