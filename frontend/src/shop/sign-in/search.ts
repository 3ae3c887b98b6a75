/** Where the person goes after signing in: a path of this site, `/` by default. */
export type SignInSearch = { next?: string }

/** Read the search of the sign-in page. Addresses of other sites are left out. */
export function readSignInSearch(search: Record<string, unknown>): SignInSearch {
  const { next } = search
  const isPath = typeof next === 'string' && /^\/(?![/\\])/.test(next)
  return isPath && !next.startsWith('/sign-in') ? { next } : {}
}
