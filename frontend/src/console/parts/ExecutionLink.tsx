import { ConsoleLink } from './Links'

type ExecutionLinkProps = { machine?: string; id: string; label?: string }

const ID_LENGTH = 8

/** A link to an execution by its machine and id. */
export function ExecutionLink({ machine, id, label }: ExecutionLinkProps) {
  const short = label ?? <code title={id}>{id.slice(0, ID_LENGTH)}</code>
  if (machine === undefined) return short
  return (
    <ConsoleLink url={`/console/executions/${machine}/${id}`}>
      {machine} {short}
    </ConsoleLink>
  )
}
