const answers = new WeakSet<Response>();

/** Notes that what was asked may be done although this answer is an error: the answer to an attempt was lost. */
export function noteMayBeDone(answer: Response): Response {
  answers.add(answer);
  return answer;
}

/** Whether `noteMayBeDone` noted it. */
export const mayBeDone = (answer: Response) => answers.has(answer);
