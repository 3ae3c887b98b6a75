import type { ReactNode } from 'react'
import { Copyable } from './Copyable'
import { ShortId } from './Id'
import { ConsoleLink } from './Links'

type ExecutionLinkProps = { machine: string; id: string; children?: ReactNode }

/** A link to the page of an execution: its children, or else its machine and id, to be copied. */
export function ExecutionLink({ machine, id, children }: ExecutionLinkProps) {
  const url = executionPath(machine, id)
  if (children !== undefined) return <ConsoleLink url={url}>{children}</ConsoleLink>
  return (
    <Copyable text={id}>
      <ConsoleLink url={url}>
        {machine} <ShortId id={id} />
      </ConsoleLink>
    </Copyable>
  )
}

/** A link to what the lists find by an id, where the machine is not known, with the id to be copied. */
export function SubjectLink({ id }: { id: string }) {
  return (
    <Copyable text={id}>
      <ConsoleLink url={`/console/executions?q=${encodeURIComponent(id)}`}>
        <ShortId id={id} />
      </ConsoleLink>
    </Copyable>
  )
}

/** Return the path of the page of an execution, as the search of the API gives it, too. */
export function executionPath(machine: string, id: string): string {
  return `/console/executions/${machine}/${id}`
}
