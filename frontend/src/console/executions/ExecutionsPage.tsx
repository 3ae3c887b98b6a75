import { ConsolePage } from '../parts/ConsolePage'

export function ExecutionsPage() {
  return <ConsolePage title="Executions">{null}</ConsolePage>
}
