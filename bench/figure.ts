/** One measured figure, with what it is compared to in the same run. */

export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** what the target is, in the same unit; null = no target */
  target: number | null;
  /** named reference measured in the same run */
  reference: { name: string; value: number } | null;
}

export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${format(figure.value)} ${figure.unit}`,
    figure.target === null ? '' : `target ${format(figure.target)}`,
    figure.reference === null
      ? ''
      : `${format(figure.value / figure.reference.value)} × ${figure.reference.name} (${format(figure.reference.value)})`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function format(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Median of several runs: the machine may be shared. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
