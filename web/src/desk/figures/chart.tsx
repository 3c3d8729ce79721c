import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { FigureData } from './figure-data.ts'
import css from './figure.module.css'

/** Looks of a chart. */
export type ChartKind = 'line' | 'bars'

/** Tokens of the colours of series, one after the other. */
const tokens = ['--accent', '--warn', '--bad', '--good', '--ink', '--line-strong']

/** Steps between two labels of the axis. */
const steps = [1, 2, 5, 7, 10, 14, 20, 30, 60, 90, 180, 365]

/** The canvas knows no tokens: returns a colour as the page computes it at an element. */
const colourAt = (element: HTMLElement, token: string): string => {
  const probe = document.createElement('span')
  probe.style.color = `var(${token})`
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** A value so many pixels high is the chart, its labels included. */
const height = 260

const optionsOf = (
  element: HTMLElement,
  { head, labels, series }: FigureData,
  kind: ChartKind,
  format: (value: number) => string,
): uPlot.Options => {
  const [ink, line] = [colourAt(element, '--ink-2'), colourAt(element, '--line')]
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } }
  const isLong = labels.some((label) => label.length > 10)
  const bars = uPlot.paths.bars?.({ size: [0.6, 64] })
  return {
    width: Math.max(element.clientWidth, 100),
    height,
    legend: { live: true },
    cursor: { drag: { x: false, y: false }, points: { show: kind === 'line' } },
    scales: {
      x: { time: false, range: [-0.5, Math.max(labels.length, 1) - 0.5] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        incrs: steps,
        space: isLong ? 34 : 76,
        ...(isLong && { rotate: -40, size: 90 }),
        values: (_, splits) => splits.map((at) => labels[at] ?? ''),
      },
      { ...axis, size: 76, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      { label: head, value: (_, at) => (at === null ? '–' : (labels[at] ?? '–')) },
      ...series.map(({ name }, nth): uPlot.Series => {
        const stroke = colourAt(element, tokens[nth % tokens.length] ?? '--accent')
        return {
          label: name,
          stroke,
          width: 2,
          value: (_, value) => (value === null ? '–' : format(value)),
          ...(kind === 'bars' && { fill: stroke, ...(bars && { paths: bars }) }),
          points: { show: kind === 'line' && labels.length <= 40, size: 6 },
        }
      }),
    ],
  }
}

/** A chart on a canvas, in the colours of the page. What it shows is beside it as a table. */
const Chart = ({
  data,
  kind,
  format,
}: {
  readonly data: FigureData
  readonly kind: ChartKind
  readonly format: (value: number) => string
}) => {
  const container = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = container.current
    if (!element) return undefined
    const aligned: uPlot.AlignedData = [
      data.labels.map((_, at) => at),
      ...data.series.map(({ values }) => values.map((value) => value ?? null)),
    ]
    let plot: uPlot | undefined
    const draw = (): void => {
      plot?.destroy()
      plot = new uPlot(optionsOf(element, data, kind, format), aligned, element)
    }
    draw()
    const resized = new ResizeObserver(() => {
      const width = Math.max(element.clientWidth, 100)
      if (plot && plot.width !== width) plot.setSize({ width, height })
    })
    resized.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    return () => {
      resized.disconnect()
      scheme.removeEventListener('change', draw)
      plot?.destroy()
    }
  }, [data, kind, format])
  return <div ref={container} className={css.canvas} aria-hidden="true" />
}

export default Chart
