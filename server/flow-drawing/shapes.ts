/** One outline and one small sign for each kind of node, so that colour never has to tell them apart. */
import type { NodeKind } from '../../bot/index.ts';

interface Size {
  width: number;
  height: number;
}

/** Room an outline needs beside and below what is written in it, in px. */
export const ROOM: Readonly<Record<NodeKind, { side: number; below: number }>> = {
  say: { side: 10, below: 6 },
  ask: { side: 16, below: 0 },
  branch: { side: 20, below: 0 },
  set: { side: 10, below: 0 },
  check: { side: 12, below: 8 },
  lesson: { side: 10, below: 8 },
  pick: { side: 20, below: 0 },
  resume: { side: 20, below: 0 },
  subflow: { side: 14, below: 4 },
  handover: { side: 16, below: 0 },
  end: { side: 16, below: 0 },
};

const SLANT = 9;
const TAIL = 6;

/** @returns path data of the outline, its upper left corner at 0 0 */
export function outlineOf(kind: NodeKind, { width: w, height: h }: Size): string {
  switch (kind) {
    // a speech bubble
    case 'say': {
      const b = h - TAIL;
      return `M8 0H${w - 8}Q${w} 0 ${w} 8V${b - 8}Q${w} ${b} ${w - 8} ${b}H34L22 ${h}V${b}H8Q0 ${b} 0 ${b - 8}V8Q0 0 8 0Z`;
    }
    case 'ask':
      return `M${SLANT} 0H${w}L${w - SLANT} ${h}H0Z`;
    case 'branch':
      return `M14 0H${w - 14}L${w} ${h / 2}L${w - 14} ${h}H14L0 ${h / 2}Z`;
    // a note with a folded corner
    case 'set':
      return `M0 0H${w - 10}L${w} 10V${h}H0ZM${w - 10} 0V10H${w}`;
    // a shield
    case 'check':
      return `M0 0H${w}V${h - 10}L${w / 2} ${h}L0 ${h - 10}Z`;
    // a sheet that is torn off
    case 'lesson':
      return `M0 0H${w}V${h - 6}C${w * 0.75} ${h - 18} ${w * 0.25} ${h + 6} 0 ${h - 6}Z`;
    case 'pick':
      return `M0 0H${w}L${w - 14} ${h}H14Z`;
    // points back
    case 'resume':
      return `M14 0H${w}V${h}H14L0 ${h / 2}Z`;
    case 'subflow':
      return `M0 0H${w}V${h}H0ZM4 4H${w - 4}V${h - 4}H4Z`;
    case 'handover':
      return `M10 0H${w - 10}L${w} 10V${h - 10}L${w - 10} ${h}H10L0 ${h - 10}V10Z`;
    case 'end': {
      const r = endRadius(h);
      const turn = `A${r} ${r} 0 0 1`;
      return `M${r} 0H${w - r}${turn} ${w} ${r}V${h - r}${turn} ${w - r} ${h}H${r}${turn} 0 ${h - r}V${r}${turn} ${r} 0Z`;
    }
  }
}

/** How far the outline stands back from the side of its box, at a height in px from above. */
export function insetOf(kind: NodeKind, side: 'left' | 'right', { height }: Size, y: number): number {
  const part = Math.min(1, Math.max(0, y / height));
  const pointed = 14 * Math.abs(2 * part - 1);
  switch (kind) {
    case 'ask':
      return SLANT * (side === 'left' ? 1 - part : part);
    case 'branch':
      return pointed;
    case 'pick':
      return 14 * part;
    case 'resume':
      return side === 'left' ? pointed : 0;
    case 'end': {
      const radius = endRadius(height);
      const away = Math.max(0, radius - y, y - (height - radius));
      return radius - Math.sqrt(Math.max(0, radius ** 2 - away ** 2));
    }
    case 'say':
    case 'set':
    case 'check':
    case 'lesson':
    case 'subflow':
    case 'handover':
      return 0;
  }
}

/** Round ends, which a high box has at its corners only. */
function endRadius(height: number): number {
  return Math.min(height / 2, 22);
}

export const SIGN_PX = 14;

/** Path data of the sign, in a square of 14 px; drawn as lines. */
export const SIGNS: Readonly<Record<NodeKind, string>> = {
  say: 'M1 2H13V9.5H6L3 12.5V9.5H1ZM4 5H10M4 7H8',
  ask: 'M4 4.5A3 3 0 1 1 7 8V9.5M7 12V12.6',
  branch: 'M7 13V8M7 8L2.5 3M7 8L11.5 3M2.5 6V3H5.5M11.5 6V3H8.5',
  set: 'M2 12L2.8 9L10 1.8L12.2 4L5 11.2ZM8.6 3.2L10.8 5.4',
  check: 'M10 6A4 4 0 1 1 2 6A4 4 0 1 1 10 6ZM9 9L13 13',
  lesson: 'M7 3.5Q4 1.5 1 2.5V11.5Q4 10.5 7 12.5Q10 10.5 13 11.5V2.5Q10 1.5 7 3.5V12.5',
  pick: 'M1.5 1.5H12.5V12.5H1.5ZM4.4 4.4H4.6M9.4 4.4H9.6M6.9 7H7.1M4.4 9.5H4.6M9.4 9.5H9.6',
  resume: 'M5 1.5L1.5 5L5 8.5M1.5 5H9A3.5 3.5 0 0 1 9 12H5',
  subflow: 'M1 4H10V13H1ZM4 4V1H13V10H10',
  handover: 'M9.5 4A2.5 2.5 0 1 1 4.5 4A2.5 2.5 0 1 1 9.5 4ZM1.5 13Q1.5 8 7 8Q12.5 8 12.5 13',
  end: 'M2 2H12V12H2ZM5 5H9V9H5Z',
};

export const CLOCK = 'M13 7A6 6 0 1 1 1 7A6 6 0 1 1 13 7ZM7 3.5V7L9.5 8.5';
export const RING = 'M11.5 7A4.5 4.5 0 1 1 2.5 7A4.5 4.5 0 1 1 11.5 7Z';
