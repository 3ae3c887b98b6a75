/** Amounts as operators type them, in major units. The server has the last word. */

/** Return the amount as a number for the API, or null if it is none with so many decimals. */
export function readAmount(text: string, decimals: number): number | null {
  const fraction = decimals === 0 ? '' : `(\\.\\d{1,${decimals}})?`
  const trimmed = text.trim().replace(',', '.')
  if (!new RegExp(`^\\d{1,12}${fraction}$`).test(trimmed)) return null
  const amount = Number(trimmed)
  return amount > 0 ? amount : null
}
