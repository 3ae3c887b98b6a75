import { ActivitiesPanel } from './activities/ActivitiesPanel'
import { MachinePanel } from './machine/MachinePanel'
import { ConsolePage } from '../parts/ConsolePage'
import classes from './Execution.module.css'
import { ExecutionHeading, ExecutionLead, ExecutionTools } from './ExecutionHeader'
import { FactsPanel } from './FactsPanel'
import { FamilyPanel } from './FamilyPanel'
import { OrderPanels } from './order/OrderPanels'
import type { Execution, Order } from './queries'
import { texts } from './texts'
import { TimelinePanel } from './timeline/TimelinePanel'
import { WhyPanel } from './WhyPanel'

type ExecutionViewProps = {
  execution: Execution
  /** The order itself, when the execution is one and it has been loaded. */
  order: Order | undefined
}

/** The parts of an execution's page. */
export function ExecutionView({ execution, order }: ExecutionViewProps) {
  return (
    <ConsolePage
      title={texts.title(execution.machine, execution.key)}
      heading={<ExecutionHeading execution={execution} />}
      lead={<ExecutionLead execution={execution} />}
      actions={<ExecutionTools execution={execution} order={order} />}
    >
      <div className={classes.columns}>
        <div className={classes.main}>
          <WhyPanel execution={execution} order={order} />
          <ActivitiesPanel execution={execution} />
          <MachinePanel execution={execution} order={order} />
          <TimelinePanel execution={execution} />
        </div>
        <div className={classes.side}>
          {order !== undefined && <OrderPanels order={order} />}
          <FamilyPanel execution={execution} />
          <FactsPanel execution={execution} />
        </div>
      </div>
    </ConsolePage>
  )
}
