import type { ReactNode } from 'react'
import { ConsoleLink } from './Links'

type ExecutionLinkProps = { machine?: string; id: string; label?: string; children?: ReactNode }

const ID_LENGTH = 8

/** A link to the page of an execution, with its children, or else its machine and `label` or id. */
export function ExecutionLink({ machine, id, label, children }: ExecutionLinkProps) {
  const short = label ?? <code title={id}>{id.slice(0, ID_LENGTH)}</code>
  if (machine === undefined) return children ?? short
  return (
    <ConsoleLink url={executionPath(machine, id)}>
      {children ?? (
        <>
          {machine} {short}
        </>
      )}
    </ConsoleLink>
  )
}

/** Return the path of the page of an execution, as the search of the API gives it, too. */
export function executionPath(machine: string, id: string): string {
  return `/console/executions/${machine}/${id}`
}
