interface SegmentsProps<Value> {
  /** Names the group. */
  label: string;
  options: { value: Value; label: string }[];
  isChosen: (value: Value) => boolean;
  onChoose: (value: Value) => void;
}

/** Buttons side by side, of which at most one is pressed. */
export function Segments<Value>({ label, options, isChosen, onChoose }: SegmentsProps<Value>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't be laid out as one.
    <div role="group" aria-label={label} class="segments">
      {options.map(({ value, label: text }) => (
        <button key={text} type="button" aria-pressed={isChosen(value)} onClick={() => onChoose(value)}>
          {text}
        </button>
      ))}
    </div>
  );
}

interface PickerProps<Name extends string> {
  label: string;
  options: { value: Name; label: string }[];
  value: Name;
  onChoose: (value: Name) => void;
}

/** A labelled list to choose one of. */
export function Picker<Name extends string>({ label, options, value, onChoose }: PickerProps<Name>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value as Name)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
