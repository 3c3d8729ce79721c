/** Returns a duration as it is read at a glance: `850 ms`, `12.5 s`, `3 min`, `2 h`, `4 d`. @param ms */
export const shortDuration = (ms: number, number: (value: number) => string): string => {
  const rounded = (value: number): string =>
    number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
  if (ms < 1_000) return `${number(Math.round(ms))} ms`
  if (ms < 60_000) return `${rounded(ms / 1_000)} s`
  if (ms < 3_600_000) return `${rounded(ms / 60_000)} min`
  if (ms < 86_400_000) return `${rounded(ms / 3_600_000)} h`
  return `${rounded(ms / 86_400_000)} d`
}
