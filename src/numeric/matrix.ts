/** Dense row-major matrix: `data[row * columns + column]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function createMatrix(rows: number, columns: number, data = new Float64Array(rows * columns)): Matrix {
  if (data.length !== rows * columns)
    throw new RangeError(`matrix ${rows} x ${columns} needs ${rows * columns} values`);
  return { rows, columns, data };
}
