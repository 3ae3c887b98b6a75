import { createContext, type ReactNode, useContext } from 'react'
import { useStepUp } from '../../shop/account/StepUpDialog'

type Guard = <T>(task: () => Promise<T>) => Promise<T>

const StepUpContext = createContext<Guard>((task) => task())

/** The dialog that asks for a fresh proof of identity, for all actions within. */
export function StepUpProvider({ email, children }: { email: string; children: ReactNode }) {
  const { guard, dialog } = useStepUp(email)
  return (
    <StepUpContext value={guard}>
      {children}
      {dialog}
    </StepUpContext>
  )
}

/**
 * Return a function that runs a task. When the server asks for a fresh proof of identity, the
 * operator is asked for it, and the task is repeated.
 */
export function useStepUpGuard(): Guard {
  return useContext(StepUpContext)
}
