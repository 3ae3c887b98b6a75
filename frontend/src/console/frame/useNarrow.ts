import { readStored, useStored } from '../parts/stored'

const KEY = 'console-narrow'

/** Return whether the side navigation shows icons only, and a function that changes it. */
export function useNarrow(): [boolean, (isNarrow: boolean) => void] {
  return useStored(KEY, () => readStored(KEY) === true)
}
