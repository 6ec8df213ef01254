/**
 * The worker's side: answers each question of a `WorkerClient`, in their order.
 *
 * @template Question
 * @param {(question: Question) => Promise<() => unknown>} prepare loads what the answer takes, which
 *   is not counted as time; what it gives works the answer out, and throws what keeps it from that
 */
export function answerWith(prepare) {
  self.onmessage = async ({ data: { id, question } }) => {
    /** @type {() => unknown} */
    let answer;
    try {
      answer = await prepare(question);
    } catch {
      return self.postMessage({ id, state: 'unprepared' });
    }
    self.postMessage({ id, state: 'begun' });
    try {
      self.postMessage({ id, state: 'done', answer: await answer() });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      self.postMessage({ id, state: 'failed', problem });
    }
  };
}
