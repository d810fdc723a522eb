/** A small chart on logarithmic axes, as SVG: how figures grow with size. */

export interface Series {
  name: string;
  colour: string;
  /** Positive pairs, ascending by x. */
  points: readonly (readonly [number, number])[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 360, 64, 150, 36, 48];

const decades = (least: number, most: number): number[] => {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: Math.max(1, to - from) + 1 }, (_, i) => from + i);
};

export function drawGrowth(title: string, xName: string, yName: string, series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points);
  const axis = (at: 0 | 1) => decades(Math.min(...all.map((p) => p[at])), Math.max(...all.map((p) => p[at])));
  const [xs, ys] = [axis(0), axis(1)];
  const place = (value: number, ticks: number[], from: number, to: number) =>
    (from + ((Math.log10(value) - ticks[0]!) / (ticks.at(-1)! - ticks[0]!)) * (to - from)).toFixed(1);
  const x = (value: number) => place(value, xs, LEFT, WIDTH - RIGHT);
  const y = (value: number) => place(value, ys, HEIGHT - BOTTOM, TOP);
  const label = (power: number) => (10 ** power).toLocaleString('en-US', { maximumFractionDigits: 6 });
  const line = (x1: string | number, y1: string | number, x2: string | number, y2: string | number) =>
    `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;
  const text = (at: string, anchor: string, words: string) => `<text ${at} text-anchor="${anchor}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(`x="${LEFT}" y="20" font-weight="bold"`, 'start', title),
    ...xs.flatMap((power) => [
      line(x(10 ** power), TOP, x(10 ** power), HEIGHT - BOTTOM),
      text(`x="${x(10 ** power)}" y="${HEIGHT - BOTTOM + 16}"`, 'middle', label(power)),
    ]),
    ...ys.flatMap((power) => [
      line(LEFT, y(10 ** power), WIDTH - RIGHT, y(10 ** power)),
      text(`x="${LEFT - 6}" y="${Number(y(10 ** power)) + 4}"`, 'end', label(power)),
    ]),
    text(`x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}"`, 'middle', xName),
    text(`x="16" y="${HEIGHT / 2}" transform="rotate(-90 16 ${HEIGHT / 2})"`, 'middle', yName),
    ...series.flatMap(({ colour, points, name }, index) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map((p) => `${x(p[0])},${y(p[1])}`).join(' ')}"/>`,
      ...points.map((p) => `<circle cx="${x(p[0])}" cy="${y(p[1])}" r="3" fill="${colour}"/>`),
      `<rect x="${WIDTH - RIGHT + 12}" y="${TOP + 20 * index}" width="10" height="10" fill="${colour}"/>`,
      text(`x="${WIDTH - RIGHT + 28}" y="${TOP + 20 * index + 9}"`, 'start', name),
    ]),
    '</svg>\n',
  ].join('\n');
}
