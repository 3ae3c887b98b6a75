import { useCallback } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Operations } from '../../api/types'
import { polledQuery } from '../live/polled'
import type { StateKind } from '../parts/StateLabel'

export type Machine = Operations['GET /admin/machines']['response'][number]

const STALE_MS = 300_000

/** The machines with their states and arrows. They change with a release only. */
const machinesQuery = { ...polledQuery('machines', 'GET /admin/machines', {}), staleTime: STALE_MS }

/** Return the definition of a machine, once it is loaded. */
export function useMachine(name: string): Machine | undefined {
  return useQuery(machinesQuery).data?.find((machine) => machine.name === name)
}

/** Return a function that gives the kind of a machine's state, once the machines are loaded. */
export function useStateKinds(): (machine: string, state: string) => StateKind | undefined {
  const machines = useQuery(machinesQuery).data
  return useCallback(
    (machine, state) =>
      machines?.find(({ name }) => name === machine)?.states.find(({ name }) => name === state)
        ?.kind,
    [machines],
  )
}
