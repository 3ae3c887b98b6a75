import { useEffect, useRef } from 'react'
import { addBindings, type Binding } from './bindings'

/** Give keys a meaning while the component is on the page. The labels and keys stay the same. */
export function useKeys(bindings: readonly Binding[]): void {
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  const signature = bindings.map(({ keys, label }) => `${keys}\t${label}`).join('\n')
  useEffect(() => {
    if (signature === '') return undefined
    const stable = signature.split('\n').map((line, index): Binding => {
      const [keys = '', label = ''] = line.split('\t')
      return { keys, label, run: () => latest.current[index]?.run() }
    })
    return addBindings(stable)
  }, [signature])
}
