import type { Option } from './FilterBar.tsx'

/** One of a few, all visible; on a phone they slide. */
export function FilterSwitch(props: {
  label: string
  value: string
  options: readonly Option[]
  onChange: (value: string) => void
}) {
  return (
    <fieldset className="switch">
      <legend className="unseen">{props.label}</legend>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          className={option.value === props.value ? 'chosen' : ''}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}
