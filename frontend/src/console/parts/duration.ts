import { texts } from './texts'

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

/** Return a duration in its two largest units, such as "3 m 20 s"; below a second "130 ms". */
export function durationText(milliseconds: number): string {
  if (Math.abs(milliseconds) < 1000) return `${Math.round(milliseconds)} ms`
  let seconds = Math.round(Math.abs(milliseconds) / 1000)
  const first = UNITS.findIndex(([, size]) => seconds >= size)
  const words: string[] = []
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(seconds / size)
    seconds -= count * size
    if (count > 0) words.push(`${count} ${unit}`)
  }
  return words.join(' ')
}

/** Return a distance in time in its largest unit: "3 m ago", "in 2 h", "now". */
export function agoText(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000)
  if (Math.abs(seconds) < 5) return texts.now
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? UNITS[3]
  const count = Math.floor(Math.abs(seconds) / size)
  return seconds > 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`
}
