/** A reason not to copy, or not to go on, that is of the operator's making; its message says what to do. */
export class MoveRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MoveRefused';
  }
}
