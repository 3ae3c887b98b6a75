/** The pages of what the audit names. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
// Their subject is the name of a file.
const FILES: ReadonlySet<string> = new Set(['products import', 'products seed'])

/** Return the path of the page of an audited subject, or null if it has none. */
export function subjectPath(action: string, subject: string | null): string | null {
  if (subject === null) return null
  const hasId = isId(subject)
  switch (action.split(' ')[0]) {
    case 'users':
      return hasId ? personPath(subject) : null
    case 'orders':
      return hasId ? `/console/executions/order/${subject}` : null
    case 'products':
      return FILES.has(action) ? null : `/console/catalogue?q=${encodeURIComponent(subject)}`
    case 'activities':
      return hasId ? `/console/activities/${subject}` : null
    case 'signals':
      return hasId ? `/console/signals/${subject}` : null
    default:
      return null
  }
}

/** Return the path of the page of a person, if the name of an actor is the id of one. */
export function actorPath(actor: string): string | null {
  return isId(actor) ? personPath(actor) : null
}

export function personPath(id: string): string {
  return `/console/people/${id}`
}

/** Return whether the name of a person or a thing is an id. */
export function isId(name: string): boolean {
  return UUID.test(name)
}
