import { Component, type ReactNode } from 'react'

type PaymentBoundaryProps = {
  /** Shown instead of the form after an error of it. */
  fallback: ReactNode
  children: ReactNode
}

/** Keeps an error of the payment form away from the rest of the page. A new key tries again. */
export class PaymentBoundary extends Component<PaymentBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children
  }
}
