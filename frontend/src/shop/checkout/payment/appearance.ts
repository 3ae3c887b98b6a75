import type { Appearance } from '@stripe/stripe-js'

/** Return the look of Stripe's form: the tokens of the current colours, as plain values. */
export function readAppearance(): Appearance {
  const styles = getComputedStyle(document.documentElement)
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  return {
    theme: 'stripe',
    variables: {
      colorPrimary: token('accent'),
      colorBackground: token('surface'),
      colorText: token('ink'),
      colorTextSecondary: token('muted'),
      colorTextPlaceholder: token('muted'),
      colorDanger: token('state-failed'),
      borderRadius: '8px',
      fontFamily: "'Inter Variable', Inter, system-ui, sans-serif",
      fontSizeBase: '16px',
    },
    rules: {
      '.Input': {
        border: `1px solid ${token('line-strong')}`,
        boxShadow: 'none',
        padding: '10px 12px',
      },
      '.Input:focus': { boxShadow: 'none', outline: `2px solid ${token('accent')}` },
      '.Label': { fontSize: '16px', fontWeight: '500' },
    },
  }
}
