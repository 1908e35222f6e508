/** Loads a page, or a part that is seldom seen, together with the texts of its topic: both come at once. */
import { openTopic } from './i18n.ts';

/** @param topic a folder of locales/ */
export function withTopic<Part>(topic: string, load: () => Promise<Part>): () => Promise<Part> {
  return async () => (await Promise.all([load(), openTopic(topic)]))[0];
}
