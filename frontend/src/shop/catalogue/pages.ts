const AROUND = 1

/** Return the numbers of the pages to link to, with a gap where numbers are left out. */
export function listPages(current: number, last: number): (number | 'gap')[] {
  const numbers = Array.from({ length: last }, (_, index) => index + 1).filter(
    (page) => page === 1 || page === last || Math.abs(page - current) <= AROUND,
  )
  return numbers.flatMap((page, index): (number | 'gap')[] => {
    const before = numbers[index - 1] ?? 0
    if (page - before === 2) return [page - 1, page]
    return page - before > 2 ? ['gap', page] : [page]
  })
}
