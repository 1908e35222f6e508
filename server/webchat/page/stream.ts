/** Reads a `text/event-stream` body as it arrives. */

/** Called for every event, and with event '' for a comment (a sign of life). */
export type StreamListener = (event: string, data: string) => void;

/** Reads until the stream ends. @throws what the reader throws when the line breaks or is aborted */
export async function readStream(body: ReadableStream<Uint8Array>, listener: StreamListener): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parse = createParser(listener);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parse(decoder.decode(value, { stream: true }));
  }
}

/** Takes text in any portions. */
export function createParser(listener: StreamListener): (portion: string) => void {
  let rest = '';
  let event = '';
  let data: string[] = [];
  return (portion) => {
    const lines = (rest + portion).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) listener(event, data.join('\n'));
        event = '';
        data = [];
      } else if (line.startsWith(':')) {
        listener('', '');
      } else if (line.startsWith('event: ')) {
        event = line.slice(7);
      } else if (line.startsWith('data: ')) {
        data.push(line.slice(6));
      }
    }
  };
}
