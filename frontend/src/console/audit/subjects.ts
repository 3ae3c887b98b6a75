/** The pages of what the audit names. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ID_LENGTH = 8
// Their subject is the name of a file.
const FILES: ReadonlySet<string> = new Set(['products import', 'products seed'])

/** Return the path of the page of an audited subject, or null if it has none. */
export function subjectPath(action: string, subject: string | null): string | null {
  if (subject === null) return null
  const isId = UUID.test(subject)
  switch (action.split(' ')[0]) {
    case 'users':
      return isId ? personPath(subject) : null
    case 'orders':
      return isId ? `/console/executions/order/${subject}` : null
    case 'products':
      return FILES.has(action) ? null : `/console/catalogue?q=${encodeURIComponent(subject)}`
    case 'activities':
      return isId ? `/console/activities/${subject}` : null
    case 'signals':
      return isId ? `/console/signals/${subject}` : null
    default:
      return null
  }
}

/** Return the path of the page of a person, if the name of an actor is the id of one. */
export function actorPath(actor: string): string | null {
  return UUID.test(actor) ? personPath(actor) : null
}

export function personPath(id: string): string {
  return `/console/people/${id}`
}

/** Return a name as it is shown: ids are cut. */
export function shortName(name: string): string {
  return UUID.test(name) ? name.slice(0, ID_LENGTH) : name
}
