import { call, callForReply } from '../../api/client'
import { isStatus } from '../../api/problem'
import type { ProductChange, StaffProduct } from '../../api/types'
import type { Polled } from '../live/polled'
import { driftOf } from './fields'

export type Version = Polled<StaffProduct>

/**
 * Save changes of a product, only if its fields are as the operator saw them. Sales change its
 * version as well, but are no reason to refuse. Throws the refusal (412) when fields have changed.
 */
export async function saveProduct({ body, etag }: Version, change: ProductChange) {
  const path = { productId: body.id }
  const save = (ifMatch: string | null) =>
    call('PATCH /admin/products/{productId}', {
      path,
      body: change,
      ...(ifMatch !== null && { ifMatch }),
    })
  try {
    return await save(etag)
  } catch (error) {
    if (!isStatus(error, 412)) throw error
    const fresh = await callForReply('GET /admin/products/{productId}', { path })
    if (driftOf(body, fresh.data).length > 0) throw error
    return save(fresh.headers.get('ETag'))
  }
}
