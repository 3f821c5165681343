/** Something outside is missing or in the way; the message says what and how to help it. Exit code 2, without a stack. */
export class CouldNotRun extends Error {
  override readonly name = 'CouldNotRun';
}
