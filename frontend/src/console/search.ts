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

/** Return the value of a filter, known or not: the server refuses an unknown one by its name. */
export function choiceOf<Choice extends string>(
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  return value !== undefined && isSent(value, choices) ? value : undefined
}

/** Each value of a filter with choices counts as one of them here, since the server checks it. */
function isSent<Choice extends string>(value: string, choices: readonly Choice[]): value is Choice {
  return value !== '' && choices.length > 0
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
