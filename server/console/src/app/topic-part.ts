/** Loads a part that is seldom seen together with the texts of its topic. */
import { openTopic } from './i18n.ts';

/** @param load for React's `lazy` */
export function withTopic<Part>(topic: string, load: () => Promise<Part>): () => Promise<Part> {
  return async () => (await Promise.all([load(), openTopic(topic)]))[0];
}
