// Where the cells of a map lie: rows of a round number of cells, so that each row begins with a round ID.

const columnChoices = [10, 20, 25, 40, 50, 100];
const widest = 30; // pixels of a cell where there are few
const roomy = 330; // pixels that a map may be high

// cellsFor is how many cells can be told apart in a width.
export const cellsFor = (width) => (width < 440 ? 1000 : width < 640 ? 2000 : 4000);

export class Grid {
  constructor(cells, width, axis) {
    const columns = columnChoices.find((n) => {
      const across = Math.min(widest, (width - axis) / n);
      return Math.ceil(cells / n) * shape(across) <= roomy;
    });
    this.columns = columns ?? columnChoices.at(width < 640 ? -2 : -1);
    this.rows = Math.max(1, Math.ceil(cells / this.columns));
    this.cells = cells;
    this.axis = axis;
    this.across = Math.min(widest, (width - axis) / this.columns);
    // Few rows are drawn higher than wide: the map keeps its room, and a row can be hit with a finger.
    this.down = Math.max(shape(this.across), Math.min(2 * this.across, roomy / this.rows, widest));
    this.height = Math.ceil(this.rows * this.down);
  }

  // at is the cell under a point, or null.
  at(x, y) {
    const [column, row] = [Math.floor((x - this.axis) / this.across), Math.floor(y / this.down)];
    if (column < 0 || column >= this.columns || row < 0) return null;
    const cell = row * this.columns + column;
    return cell < this.cells ? cell : null;
  }

  left(cell) {
    return this.axis + (cell % this.columns) * this.across;
  }

  top(cell) {
    return Math.floor(cell / this.columns) * this.down;
  }
}

const shape = (across) => across * 0.86;
