/** The state of the page, and what is to happen when it changes. */
export interface Store<State> {
  state(): State;
  set(changes: Partial<State>): void;
}

/** A store that calls `onChange` after every change. */
export function createStore<State>(initial: State, onChange: (state: State) => void): Store<State> {
  let state = initial;
  return {
    state: () => state,
    set(changes) {
      state = { ...state, ...changes };
      onChange(state);
    },
  };
}
