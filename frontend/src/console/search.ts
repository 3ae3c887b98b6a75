import { strictSearch } from '../ui/strictSearch'

/** The filters of a console page, as they stand in the URL: texts, left out when empty. */
export type TextSearch<Name extends string> = { [name in Name]?: string }

/** Return a reader of a page's search parameters with these names. Others are left out. */
export function textSearch<const Name extends string>(...names: Name[]) {
  return strictSearch((search: Record<string, unknown>): TextSearch<Name> => {
    const texts: TextSearch<Name> = {}
    for (const name of names) {
      const value = search[name]
      const isText = typeof value === 'string' && value !== ''
      // The router reads digits as a number, and `true` as a boolean.
      const isPlain = typeof value === 'number' || typeof value === 'boolean'
      if (isText || isPlain) texts[name] = String(value)
    }
    return texts
  })
}

/** Return the value if it is one of the choices, or undefined. */
export function oneOf<const Choice extends string>(
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === value)
}

/** The parameters of an execution's URL: what is shown of it, and what is being done. */
export const EXECUTION_SEARCH = [
  'entry',
  'view',
  'kinds',
  'of',
  'sort',
  'version',
  'do',
  'on',
] as const
