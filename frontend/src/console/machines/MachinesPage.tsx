import { ConsolePage } from '../parts/ConsolePage'

export function MachinesPage() {
  return <ConsolePage title="Machines">{null}</ConsolePage>
}
