type Details = Readonly<Record<string, unknown>>

/** Return the reason that an audited change has, or null. */
export function reasonOf({ reason }: Details): string | null {
  return typeof reason === 'string' && reason !== '' ? reason : null
}

/** Return the details of an audited change in one line, without its reason. */
export function detailsText(details: Details): string {
  return Object.entries(details)
    .filter(([name]) => name !== 'reason')
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(' · ')
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return JSON.stringify(value)
  }
  return Object.entries(value)
    .map(([name, each]) => `${name} ${valueText(each)}`)
    .join(', ')
}
