const MARGIN = 2

/** Return the paths of a sparkline: its line, and the area below. The lowest value shown is zero. */
export function sparklinePaths(
  values: readonly number[],
  width: number,
  height: number,
): { line: string; area: string } {
  if (values.length === 0) return { line: '', area: '' }
  const largest = Math.max(...values, 0)
  const step = values.length > 1 ? width / (values.length - 1) : 0
  const bottom = height - MARGIN
  const points = values.map((value, index) => {
    const share = largest === 0 ? 0 : Math.max(value, 0) / largest
    return `${round(index * step)} ${round(bottom - share * (bottom - MARGIN))}`
  })
  const line = points.length === 1 ? `M${points[0]}H${width}` : `M${points.join('L')}`
  return { line, area: `${line}V${height}H0Z` }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
