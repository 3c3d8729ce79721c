import { useCallback, useEffect, useId, useRef, useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Muted, Row, Stack } from '../../ui/layout.tsx'
import { ordersTexts } from './texts.ts'
import { laneHeight, layoutOf, type Layout } from './timeline-layout.ts'
import { Mark } from './timeline-mark.tsx'
import css from './timeline-picture.module.css'
import type { PointKind, Timeline } from './timeline.ts'

/** Steps of the zoom; `undefined` fits the picture into the page. */
const smallest = 0.25
const largest = 4

const kinds: readonly PointKind[] = ['event', 'move', 'command', 'timer', 'refusal', 'compensation']

const Legend = () => {
  const t = useTexts(ordersTexts)
  return (
    <div className={css.legend} aria-hidden="true">
      {kinds.map((kind) => (
        <span key={kind} className={css.entry}>
          <svg width={16} height={16}>
            <Mark kind={kind} x={8} y={8} />
          </svg>
          {t.kindName(kind)}
        </span>
      ))}
    </div>
  )
}

const Drawing = ({
  layout,
  zoom,
}: {
  readonly layout: Layout
  readonly zoom: number | undefined
}) => {
  const t = useTexts(ordersTexts)
  const { number, precise } = useFormats()
  const { width, height, lanes, lines, points, ticks } = layout
  const size =
    zoom === undefined ? { width: '100%' } : { width: width * zoom, height: height * zoom }
  return (
    <svg
      className={css.picture}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={t.pictureLabel(number(points.length))}
      {...size}
    >
      {lanes.map(({ lane, y }, nth) => (
        <g key={lane}>
          <rect
            className={nth % 2 === 0 ? css.lane : css.other}
            x={0}
            y={y}
            width={width}
            height={laneHeight}
          />
          <text className={css.name} x={10} y={y + laneHeight / 2 + 4}>
            {t.laneName(lane)}
          </text>
        </g>
      ))}
      {ticks.map(({ x, at }) => (
        <text key={`${x}`} className={css.tick} x={x - 6} y={14}>
          {precise(at).replace(/^.*?,\s*/, '')}
        </text>
      ))}
      {lines.map(({ id, from: [x1, y1], to: [x2, y2], isAwaited }) => (
        <path
          key={id}
          className={isAwaited ? css.awaited : css.line}
          d={`M${x1},${y1} C${x1 + 18},${y1} ${x2 - 18},${y2} ${x2},${y2}`}
        />
      ))}
      {points.map(({ id, kind, name, subject, reason, timer, at, x, y }) => (
        <g key={id}>
          <title>
            {[t.kindName(kind), name, subject, reason, timer && t.timer(timer), precise(at)]
              .filter(Boolean)
              .join(' · ')}
          </title>
          <Mark kind={kind} x={x} y={y} />
          <text className={css.label} x={x + 10} y={y + 4}>
            {name}
          </text>
        </g>
      ))}
    </svg>
  )
}

/** The course of an order in lanes, which can be enlarged by buttons and keys, and scrolled. */
export const TimelinePicture = ({ timeline }: { readonly timeline: Timeline }) => {
  const t = useTexts(ordersTexts)
  const help = useId()
  const [zoom, setZoom] = useState<number | undefined>(1)
  const by = useCallback(
    (factor: number): void =>
      setZoom((now) => Math.min(largest, Math.max(smallest, (now ?? 0.5) * factor))),
    [],
  )
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === '+' || event.key === '=') by(1.5)
      else if (event.key === '-') by(1 / 1.5)
      else if (event.key === '0') setZoom(undefined)
      else return
      event.preventDefault()
    }
    const element = frame.current
    element?.addEventListener('keydown', pressed)
    return () => element?.removeEventListener('keydown', pressed)
  }, [by])
  return (
    <Stack tight>
      <Row>
        <Button small onClick={() => by(1.5)}>
          {t.zoomIn}
        </Button>
        <Button small onClick={() => by(1 / 1.5)}>
          {t.zoomOut}
        </Button>
        <Button small onClick={() => setZoom(undefined)}>
          {t.fit}
        </Button>
        <Button small onClick={() => setZoom(1)}>
          {t.actualSize}
        </Button>
        <span id={help}>
          <Muted>{t.pictureHelp}</Muted>
        </span>
      </Row>
      <Legend />
      <div
        className={css.frame}
        role="region"
        aria-label={t.drawing}
        aria-describedby={help}
        tabIndex={0}
        ref={frame}
      >
        <Drawing layout={layoutOf(timeline)} zoom={zoom} />
      </div>
    </Stack>
  )
}
