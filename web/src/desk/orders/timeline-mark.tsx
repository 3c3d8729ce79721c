import type { PointKind } from './timeline.ts'
import css from './timeline-picture.module.css'

/** The sign of a point: each kind has a form of its own, so that none is told by its colour alone. */
export const Mark = ({
  kind,
  x,
  y,
}: {
  readonly kind: PointKind
  readonly x: number
  readonly y: number
}) => {
  switch (kind) {
    case 'event':
      return <circle className={css.event} cx={x} cy={y} r={6} />
    case 'move':
    case 'compensation':
      return <rect className={css[kind]} x={x - 6} y={y - 6} width={12} height={12} rx={2} />
    case 'command':
      return (
        <path
          className={css.command}
          d={`M${x - 5},${y - 6} L${x + 6},${y} L${x - 5},${y + 6} Z`}
        />
      )
    case 'timer':
      return (
        <>
          <circle className={css.timer} cx={x} cy={y} r={6} />
          <path className={css.timer} d={`M${x},${y - 4} L${x},${y} L${x + 3},${y + 2}`} />
        </>
      )
    case 'refusal':
      return (
        <path
          className={css.refusal}
          d={`M${x - 5},${y - 5} L${x + 5},${y + 5} M${x + 5},${y - 5} L${x - 5},${y + 5}`}
        />
      )
  }
}
