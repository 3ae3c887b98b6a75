import type { Stripe } from '@stripe/stripe-js'
import { queryOptions } from '@tanstack/react-query'
import { shopQuery } from '../../../api/queries'

/** Stripe.js, from the address that the shop names: Stripe's, or the sandbox's stand-in. */
export const stripeQuery = queryOptions({
  queryKey: ['stripe'],
  queryFn: async ({ client }) => {
    const shop = await client.ensureQueryData(shopQuery)
    return loadStripeJs(shop.stripeScriptUrl, shop.stripePublishableKey)
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  structuralSharing: false,
  retry: 1,
  networkMode: 'always',
})

async function loadStripeJs(scriptUrl: string, publishableKey: string): Promise<Stripe> {
  const [{ loadStripe }] = await Promise.all([
    import('@stripe/stripe-js/pure'),
    loadScript(scriptUrl),
  ])
  const stripe = await loadStripe(publishableKey)
  if (stripe === null) throw new Error('Stripe.js has no document')
  return stripe
}

/** Load a script once. Throws when it cannot be loaded; then the next call tries again. */
function loadScript(url: string): Promise<void> {
  if ('Stripe' in window) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = url
    script.async = true
    script.addEventListener('load', () => resolve())
    script.addEventListener('error', () => {
      script.remove()
      reject(new Error('Stripe.js could not be loaded'))
    })
    document.head.append(script)
  })
}
