import { MINE } from '../../api/queries'

/** Return the key of a console query: all of them are forgotten when the session ends. */
export function consoleKey(...parts: readonly unknown[]) {
  return [MINE, 'console', ...parts]
}
