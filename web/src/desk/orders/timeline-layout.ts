import { lanes, type Lane, type Point, type Timeline } from './timeline.ts'

/** Height of a lane, in px. */
export const laneHeight = 84

/** Widths of the lanes' names and of the margin at the right, in px. */
const nameWidth = 110
const margin = 40

/** Distance of a point from its cause, in px. */
const step = 26

/** Width of a letter of a label, in px. */
const letter = 6.4

/** A placed point. */
export type PlacedPoint = Point & { readonly x: number; readonly y: number }

/** A line from a cause to its effect, or from a command to where its answer would be. */
export type Line = {
  readonly id: string
  readonly from: readonly [x: number, y: number]
  readonly to: readonly [x: number, y: number]
  readonly isAwaited: boolean
}

/** A moment on the axis. */
export type Tick = { readonly x: number; readonly at: number }

/** Where everything of the picture is, in px. */
export type Layout = {
  readonly width: number
  readonly height: number
  readonly lanes: readonly { readonly lane: Lane; readonly y: number }[]
  readonly points: readonly PlacedPoint[]
  readonly lines: readonly Line[]
  readonly ticks: readonly Tick[]
}

/** Width of a pause: short ones are seen, and long ones do not push everything else out of sight. @param ms duration */
export const pauseWidth = (ms: number): number => (ms <= 0 ? 0 : 8 + 14 * Math.log10(1 + ms))

/** Commands, timers and refusals are in the lower half of a lane, what is recorded in the upper. */
const isLower = ({ kind }: Pick<Point, 'kind'>): boolean =>
  kind === 'command' || kind === 'timer' || kind === 'refusal'

/** The axis shows seconds. */
const secondOf = ({ at }: { readonly at: number }): number => Math.floor(at / 1_000)

/** Places the points: in the order of time, right of their causes, and without labels that overlap. */
export const layoutOf = ({ points, awaited }: Timeline): Layout => {
  const used = lanes.filter((lane) => points.some((point) => point.lane === lane))
  const top = (lane: Lane): number => used.indexOf(lane) * laneHeight + 24
  const placed = new Map<string, PlacedPoint>()
  /** Right end of the last label, by half of a lane. */
  const ends = new Map<string, number>()
  const ticks: Tick[] = []
  let last = points[0]?.at ?? 0
  let base = nameWidth
  let right = nameWidth
  for (const point of points) {
    if (point.at > last) {
      base = right + pauseWidth(point.at - last)
      last = point.at
    }
    const half = `${point.lane} ${isLower(point)}`
    const cause = point.cause === undefined ? undefined : placed.get(point.cause)
    const x = Math.max(base, ends.get(half) ?? 0, cause ? cause.x + step : 0)
    const y = top(point.lane) + (isLower(point) ? 58 : 24)
    placed.set(point.id, { ...point, x, y })
    ends.set(half, x + 24 + point.name.length * letter)
    right = Math.max(right, x + 12)
    const tick = ticks.at(-1)
    if (!tick || (secondOf(tick) !== secondOf(point) && x - tick.x > 90))
      ticks.push({ x, at: point.at })
  }
  const width = Math.max(right, ...ends.values()) + margin
  const lines = [...placed.values()].flatMap((point): readonly Line[] => {
    const cause = point.cause === undefined ? undefined : placed.get(point.cause)
    return cause
      ? [{ id: point.id, from: [cause.x, cause.y], to: [point.x, point.y], isAwaited: false }]
      : []
  })
  const waiting = awaited.flatMap(({ commandId }): readonly Line[] => {
    const command = placed.get(commandId)
    return command
      ? [
          {
            id: `awaited ${commandId}`,
            from: [command.x, command.y + 8],
            to: [width - 12, command.y + 8],
            isAwaited: true,
          },
        ]
      : []
  })
  return {
    width,
    height: used.length * laneHeight + 30,
    lanes: used.map((lane) => ({ lane, y: top(lane) })),
    points: [...placed.values()],
    lines: [...lines, ...waiting],
    ticks,
  }
}
