import { Input, InputNumber, type InputRef, Select } from 'antd'
import { type ComponentRef, type ReactNode, useEffect, useId, useRef } from 'react'
import { useText } from '../i18n/index.ts'

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

interface ManyProps extends FieldProps {
  values: readonly string[]
  options: readonly { value: string; label: string }[]
  onChange: (values: readonly string[]) => void
}
export function ManyChoice(props: ManyProps) {
  const id = useId()
  return (
    <Field id={id} {...props}>
      <Select
        id={id}
        mode="multiple"
        value={[...props.values]}
        options={[...props.options]}
        onChange={(values: string[]) => props.onChange(values)}
        showSearch={{ optionFilterProp: 'label' }}
        {...noted(id, props)}
      />
    </Field>
  )
}

interface TextProps extends FieldProps {
  value: string
  onChange: (value: string) => void
  /** Nothing is ever cut: what is too long stays, is said, and is not sent. */
  maxLength: number
  placeholder?: string
  type?: 'text' | 'url' | 'password'
  /** Takes the focus each time that this number grows. */
  focus?: number
}

/** As the server counts. */
export const overshoot = (text: string, limit: number) => Math.max(0, text.trim().length - limit)

/** The fault of a text that is too long, or how much room is left once it runs short. */
function useRoom({ value, maxLength, error, hint, type }: TextProps): FieldProps & { near: boolean } {
  const { t } = useText()
  const over = overshoot(value, maxLength)
  const length = value.trim().length
  const near = type !== 'password' && length > maxLength * 0.8
  const count = { count: length.toLocaleString(), limit: maxLength.toLocaleString() }
  if (over > 0)
    return { label: '', near, error: t('common:field.over', { over: over.toLocaleString(), limit: maxLength.toLocaleString() }) }
  return { label: '', near, error, hint: near ? <span className="num">{t('common:field.room', count)}</span> : hint }
}

export function TextField(props: TextProps) {
  const id = useId()
  const box = useRef<InputRef>(null)
  const room = { ...useRoom(props), label: props.label }
  const { focus = 0 } = props
  useEffect(() => {
    if (focus > 0) box.current?.focus()
  }, [focus])
  return (
    <Field id={id} {...room}>
      <Input
        ref={box}
        id={id}
        value={props.value}
        type={props.type ?? 'text'}
        placeholder={props.placeholder ?? ''}
        status={room.error ? 'error' : ''}
        aria-invalid={Boolean(room.error)}
        onChange={(event) => props.onChange(event.target.value)}
        {...noted(id, room)}
      />
    </Field>
  )
}

export function TextArea(props: TextProps & { rows?: number; code?: boolean }) {
  const id = useId()
  const box = useRef<ComponentRef<typeof Input.TextArea>>(null)
  const room = { ...useRoom(props), label: props.label }
  const { focus = 0 } = props
  useEffect(() => {
    if (focus > 0) box.current?.focus({ cursor: 'end' })
  }, [focus])
  return (
    <Field id={id} {...room}>
      <Input.TextArea
        ref={box}
        id={id}
        value={props.value}
        placeholder={props.placeholder ?? ''}
        autoSize={{ minRows: props.rows ?? 3, maxRows: 14 }}
        status={room.error ? 'error' : ''}
        aria-invalid={Boolean(room.error)}
        className={props.code ? 'code' : ''}
        spellCheck={!props.code}
        onChange={(event) => props.onChange(event.target.value)}
        {...noted(id, room)}
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
