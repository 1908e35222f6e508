/** A flow for paper: one page of HTML that prints each part of the drawing on an A4 sheet of its own, in reading size. */
import type { Flow } from '../../bot/index.ts';
import { drawSheets } from './draw-flow.ts';
import { escapeXml } from './measure.ts';
import type { DrawOptions } from './picture.ts';

/** @returns a whole document that needs nothing from outside */
export function drawPages(flow: Flow, options: DrawOptions): string {
  const sheets = drawSheets(flow, options).map((svg, index) => {
    const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    const side = Number(width) > Number(height) ? 'across' : 'upright';
    return `<section class="${side}">${ownIds(svg, index)}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeXml(`${flow.id}, version ${flow.version}`)}</title>
<style>
body{margin:0;background:Canvas;color-scheme:light dark}
section svg{display:block;margin:0 auto;max-width:100%;height:auto}
@page upright{size:A4 portrait;margin:10mm}
@page across{size:A4 landscape;margin:10mm}
@media print{
.upright{page:upright}
.across{page:across}
section{break-after:page}
section:last-child{break-after:auto}
.upright svg{width:190mm;height:276mm}
.across svg{width:277mm;height:189mm}
}
</style>
</head>
<body>
${sheets.join('\n')}
</body>
</html>
`;
}

/** Title and description are named by id, and each drawing brings its sheet size; several share this document. */
function ownIds(svg: string, index: number): string {
  return svg.replace(/^@page.*\n/m, '').replaceAll(/\bflow-(title|desc)\b/g, `flow-$1-${index + 1}`);
}
