/** Return a value of a row as a text. Texts stay as they are; others are JSON. */
export function changedValue(value: unknown): string {
  if (value === null || value === undefined) return '∅'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
