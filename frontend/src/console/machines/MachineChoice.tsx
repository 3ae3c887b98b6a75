import { Link } from '@tanstack/react-router'
import classes from './Machines.module.css'
import type { MachineView } from './queries'
import { texts } from './texts'

type MachineChoiceProps = { machines: readonly MachineView[]; chosen: string | undefined }

/** The links to the machines, with the number of executions that are not final. */
export function MachineChoice({ machines, chosen }: MachineChoiceProps) {
  return (
    <nav className={classes.choice} aria-label={texts.choose}>
      {machines.map((machine) => (
        <Link
          key={machine.name}
          to="/console/machines"
          search={{ machine: machine.name }}
          replace
          className={classes.machine}
          aria-current={machine.name === chosen ? 'page' : undefined}
        >
          {machine.name}
          {machine.stranded > 0 && <span className={classes.mark}>{machine.stranded}</span>}
        </Link>
      ))}
    </nav>
  )
}
