/** Colours and type of a drawing: for light and dark screens, and for paper, where nothing may depend on a filled background. */
import type { NodeKind } from '../../bot/index.ts';

export const FONT = {
  sans: `system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Roboto, 'Helvetica Neue', sans-serif`,
  mono: `ui-monospace, 'Cascadia Mono', 'Segoe UI Mono', 'Noto Sans Mono', Menlo, Consolas, monospace`,
} as const;

/** Fill and line of each kind; every text on every fill has a contrast of 7 : 1 and more. */
export const LIGHT: Readonly<Record<NodeKind, readonly [fill: string, line: string]>> = {
  say: ['#e6f0fb', '#2563a8'],
  ask: ['#f1eafc', '#6a3fc0'],
  branch: ['#fdf3dc', '#8a5a00'],
  set: ['#eef1f4', '#566374'],
  check: ['#dff4f1', '#0b6b63'],
  lesson: ['#e7f5e4', '#2c7232'],
  pick: ['#fce9f3', '#a02b74'],
  resume: ['#e2f4fa', '#0a6478'],
  subflow: ['#e9ecfc', '#3c49ad'],
  handover: ['#fde8e5', '#b02318'],
  end: ['#ecebe8', '#44403c'],
};
const DARK: Readonly<Record<NodeKind, readonly [fill: string, line: string]>> = {
  say: ['#13283d', '#7fb6ee'],
  ask: ['#2a2044', '#bba3f3'],
  branch: ['#382b10', '#e6b656'],
  set: ['#262c35', '#a9b5c4'],
  check: ['#0f2d2a', '#62cdc0'],
  lesson: ['#17311b', '#89ca8b'],
  pick: ['#3a1830', '#ec9bc9'],
  resume: ['#0e2e38', '#74cbe1'],
  subflow: ['#1d234e', '#a5b0f7'],
  handover: ['#421a15', '#f6a398'],
  end: ['#2b2926', '#cdc6be'],
};

const PAPER = {
  ink: '#1b1f24',
  soft: '#4b5563',
  paper: '#ffffff',
  line: '#5b6573',
  fold: '#d5dae1',
} as const;
const NIGHT = {
  ink: '#eef1f5',
  soft: '#b4bdc9',
  paper: '#14171c',
  line: '#9aa5b3',
  fold: '#3a424e',
} as const;

type Shades = Readonly<Record<keyof typeof PAPER, string>>;

/**
 * Everything but the size of the sheet holds only inside the drawing.
 * @param isWide prints across, where the drawing is a file of its own
 */
export function styleSheet(isWide: boolean): string {
  return [
    `@page{size:A4 ${isWide ? 'landscape' : 'portrait'};margin:10mm}`,
    '@media print{svg.flow-drawing:root{width:100%;height:100%}}',
    `.flow-drawing{${variables(PAPER, LIGHT)}}`,
    `@media (prefers-color-scheme:dark){.flow-drawing{${variables(NIGHT, DARK)}}}`,
    `@media print{.flow-drawing{${variables(PAPER, LIGHT)}}}`,
    `.flow-drawing text{font-family:${FONT.sans};fill:var(--ink)}`,
    '.flow-drawing .paper{fill:var(--paper)}',
    '.flow-drawing .title{font-size:18px;font-weight:700}',
    '.flow-drawing .note{font-size:12px;fill:var(--soft)}',
    '.flow-drawing .id{font-size:13px;font-weight:700}',
    '.flow-drawing .kind{font-size:11px;font-weight:600}',
    '.flow-drawing .words{font-size:12px}',
    `.flow-drawing .code{font-size:11px;font-family:${FONT.mono}}`,
    '.flow-drawing .exit{font-size:11px;font-weight:600}',
    '.flow-drawing .reserved{font-style:italic;font-weight:500}',
    '.flow-drawing .halo{stroke:var(--paper);stroke-width:4;stroke-linejoin:round;paint-order:stroke}',
    '.flow-drawing .sign{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}',
    '.flow-drawing .outline{stroke-width:1.6;stroke-linejoin:round}',
    '.flow-drawing .arrow{fill:none;stroke:var(--line);stroke-width:1.5}',
    '.flow-drawing .silence{stroke-dasharray:5 4}',
    '.flow-drawing .tip{fill:var(--line)}',
    '.flow-drawing .dot{fill:var(--ink)}',
    '.flow-drawing .ring{fill:none;stroke:var(--ink);stroke-width:1.6}',
    '.flow-drawing .fold{stroke:var(--fold);stroke-width:1.5;stroke-dasharray:2 5;stroke-linecap:round}',
    '.flow-drawing .part{font-size:12px;font-weight:700;fill:var(--soft)}',
    '.flow-drawing .tag{fill:var(--paper);stroke:var(--line);stroke-width:1.2}',
    ...Object.keys(LIGHT).map(
      (kind) =>
        `.flow-drawing .${kind} .outline{fill:var(--${kind});stroke:var(--${kind}-line)}` +
        `.flow-drawing .${kind} .sign{stroke:var(--${kind}-line)}.flow-drawing .${kind} .kind{fill:var(--${kind}-line)}`,
    ),
  ].join('\n');
}

function variables(shades: Shades, kinds: typeof LIGHT): string {
  return [
    ...Object.entries(shades).map(([name, value]) => `--${name}:${value}`),
    ...Object.entries(kinds).map(([kind, [fill, line]]) => `--${kind}:${fill};--${kind}-line:${line}`),
  ].join(';');
}
