import { Input, InputNumber, Select } from 'antd'
import { type ReactNode, useId } from 'react'

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: ReactNode
}

/** A labelled place in a form; its hint or its fault stands below and is read out with it. */
function Field({ id, label, hint, error, children }: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      {children}
      {error ? (
        <p className="form-error" id={`${id}-note`} role="alert">
          {error}
        </p>
      ) : hint ? (
        <p className="form-hint" id={`${id}-note`}>
          {hint}
        </p>
      ) : null}
    </div>
  )
}

const noted = (id: string, of: FieldProps) => (of.hint || of.error ? { 'aria-describedby': `${id}-note` } : {})

interface ChoiceProps<V extends string> extends FieldProps {
  value: V | ''
  options: readonly { value: V; label: string }[]
  onChange: (value: V) => void
  search?: boolean
}
export function Choice<V extends string>(props: ChoiceProps<V>) {
  const id = useId()
  return (
    <Field id={id} {...props}>
      <Select
        id={id}
        value={props.value === '' ? null : props.value}
        options={[...props.options]}
        onChange={(value) => props.onChange(value as V)}
        showSearch={props.search ? { optionFilterProp: 'label' } : false}
        {...noted(id, props)}
      />
    </Field>
  )
}

interface TextProps extends FieldProps {
  value: string
  onChange: (value: string) => void
  maxLength: number
  placeholder?: string
  type?: 'text' | 'url' | 'password'
}
export function TextField(props: TextProps) {
  const id = useId()
  return (
    <Field id={id} {...props}>
      <Input
        id={id}
        value={props.value}
        maxLength={props.maxLength}
        type={props.type ?? 'text'}
        placeholder={props.placeholder ?? ''}
        status={props.error ? 'error' : ''}
        onChange={(event) => props.onChange(event.target.value)}
        {...noted(id, props)}
      />
    </Field>
  )
}

export function TextArea(props: TextProps & { rows?: number; code?: boolean }) {
  const id = useId()
  return (
    <Field id={id} {...props}>
      <Input.TextArea
        id={id}
        value={props.value}
        maxLength={props.maxLength}
        placeholder={props.placeholder ?? ''}
        autoSize={{ minRows: props.rows ?? 3, maxRows: 14 }}
        status={props.error ? 'error' : ''}
        className={props.code ? 'code' : ''}
        spellCheck={!props.code}
        onChange={(event) => props.onChange(event.target.value)}
        {...noted(id, props)}
      />
    </Field>
  )
}

export function NumberField(
  props: FieldProps & { value: number; onChange: (value: number) => void; min: number; max: number; unit?: string },
) {
  const id = useId()
  return (
    <Field id={id} {...props}>
      <span className="row">
        <InputNumber
          id={id}
          value={props.value}
          min={props.min}
          max={props.max}
          precision={0}
          onChange={(value) => props.onChange(value ?? props.min)}
          {...noted(id, props)}
        />
        {props.unit ? <span className="soft">{props.unit}</span> : null}
      </span>
    </Field>
  )
}

export function DayField(props: FieldProps & { value: string; onChange: (value: string) => void; min?: string }) {
  const id = useId()
  return (
    <Field id={id} {...props}>
      <input
        id={id}
        type="date"
        className="native-input num"
        value={props.value}
        min={props.min}
        onChange={(event) => props.onChange(event.target.value)}
        {...noted(id, props)}
      />
    </Field>
  )
}

export function Check({ label, value, onChange }: { label: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}
