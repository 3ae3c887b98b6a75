import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '../../api/client'
import { session } from '../../api/session'

/** Return the mutation that ends the session and leaves the console. */
export function useSignOut() {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => call('POST /auth/logout'),
    // The person wants to be gone from this device, also when the server is not reached.
    onSettled: async () => {
      await navigate({ to: '/' })
      session.end()
    },
  })
}
