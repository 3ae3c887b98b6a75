import { useCallback } from 'react'
import { useQuery } from '@tanstack/react-query'
import { machinesQuery, type MachineView } from '../machines/queries'
import type { StateKind } from '../parts/StateLabel'

export type Machine = MachineView

const STALE_MS = 300_000

// States and arrows change with a release only.
const tablesQuery = { ...machinesQuery(), staleTime: STALE_MS }

/** Return the definition of a machine, once it is loaded. */
export function useMachine(name: string): Machine | undefined {
  return useQuery(tablesQuery).data?.find((machine) => machine.name === name)
}

/** Return a function that gives the kind of a machine's state, once the machines are loaded. */
export function useStateKinds(): (machine: string, state: string) => StateKind | undefined {
  const machines = useQuery(tablesQuery).data
  return useCallback(
    (machine, state) =>
      machines?.find(({ name }) => name === machine)?.states.find(({ name }) => name === state)
        ?.kind,
    [machines],
  )
}
