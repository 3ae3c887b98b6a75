type Reader<Search> = (search: Record<string, unknown>) => Search

/**
 * Return a reader whose answer is all that a page gets of its address.
 *
 * The router adds the answer to the raw address: a value that is only left out would stay.
 */
export function strictSearch<Search extends object>(read: Reader<Search>): Reader<Search> {
  return (search) => {
    const nothing = Object.fromEntries(Object.keys(search).map((name) => [name, undefined]))
    return { ...nothing, ...read(search) }
  }
}
