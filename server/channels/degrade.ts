/** Fits a rich message to what one channel can show: pure, driven by `Capabilities`. */
import type { Capabilities, OutboundMessage } from './adapter.ts';

export interface FittedPart {
  text: string;
  /** buttons of this part; only the last part has any */
  choices: readonly { id: string; label: string }[];
}

export type Degrade = (message: OutboundMessage, capabilities: Capabilities) => readonly FittedPart[];
