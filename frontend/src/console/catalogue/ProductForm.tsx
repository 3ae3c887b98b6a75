import { ErrorText } from '../../ui/ErrorText'
import { Notice } from '../../ui/Notice'
import { Button } from '../parts/Button'
import { Panel } from '../parts/ConsolePage'
import { Changes } from '../parts/WritesPreview'
import classes from './Catalogue.module.css'
import { ProductFields } from './ProductFields'
import type { Version } from './save'
import { texts } from './texts'
import { useProductForm } from './useProductForm'

const { form } = texts

/** The form that edits a product. It says what others have changed meanwhile. */
export function ProductForm({ version }: { version: Version }) {
  const product = useProductForm(version)
  const { dirty, drift, isBusy } = product
  return (
    <Panel title={form.edit}>
      <form
        className={classes.form}
        aria-label={form.edit}
        onSubmit={(event) => {
          event.preventDefault()
          if (product.canSave && !isBusy) product.save()
        }}
      >
        <ProductFields
          values={product.values}
          errorOf={product.errorOf}
          onChange={product.change}
        />
        {drift.length > 0 && (
          <div className={classes.wide}>
            <Notice
              tone="waiting"
              title={form.meanwhile}
              action={<Button onClick={product.rebase}>{form.rebase}</Button>}
            >
              <p>{form.meanwhileLead}</p>
              <Changes changes={drift} />
            </Notice>
          </div>
        )}
        <div className={classes.wide}>
          <ErrorText error={product.error} />
        </div>
        <div className={classes.footer}>
          {dirty.length > 0 && <p role="status">{form.unsaved(dirty.length)}</p>}
          {dirty.length > 0 && <Button onClick={product.discard}>{form.discard}</Button>}
          <Button type="submit" kind="primary" isBusy={isBusy} isDisabled={!product.canSave}>
            {form.save}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
