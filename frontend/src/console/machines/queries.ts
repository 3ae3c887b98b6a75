import type { Operations } from '../../api/types'
import { polledQuery } from '../live/polled'

/** All machines with the counts of their states and the rates of their arrows. */
export function machinesQuery() {
  return polledQuery('machines', 'GET /admin/machines', {})
}

export type MachineView = Operations['GET /admin/machines']['response'][number]
