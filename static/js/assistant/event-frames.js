/**
 * The frames of an answer, each the JSON of a server-sent event's data.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<any>}
 */
export async function* framesOf(body) {
  const reader = body.pipeThrough(decoder()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) yield* frameOf(event);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The types know it only as one that takes other bytes than a body gives. */
function decoder() {
  return /** @type {ReadableWritablePair<string, Uint8Array>} */ (
    /** @type {unknown} */ (new TextDecoderStream())
  );
}

/** @param {string} event */
function* frameOf(event) {
  const data = event.split('\n').find((line) => line.startsWith('data: '));
  if (data) yield JSON.parse(data.slice('data: '.length));
}
